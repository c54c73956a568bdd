import AdministrationAPI

/// A request for reading.
package enum RequestText {
  package static func render(_ request: PendingRequestItem) -> String {
    Printable.text("\(request.id) is \(request.state)") + "\n"
      + Table.facts([
        ("profile", request.profile), ("serial", request.serial.isEmpty ? nil : request.serial),
        ("subject", request.subject), ("principal", request.principal),
        ("came", "\(ReadableTime.minute(request.createdAt)) UTC by \(request.door) from \(request.address)"),
        ("key SHA-256", request.keySHA256), ("request SHA-256", request.requestSHA256), ("digest", request.digest),
        ("expires", ReadableTime.minute(request.expires) + " UTC"), ("decided", decided(request)),
        ("reason", request.reason), ("certificate", request.serialNumber),
      ]) + (request.request.map { "\n" + $0 } ?? "")
  }

  private static func decided(_ request: PendingRequestItem) -> String? {
    request.decidedAt.map { "\(ReadableTime.minute($0)) UTC by \(request.decidedBy ?? "")" }
  }
}

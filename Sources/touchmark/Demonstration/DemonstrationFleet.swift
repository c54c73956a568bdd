import AdministrationAPI
import WireFormats

/// The simulated devices of `touchmark up --demo`: registered through REST, enrolled over EST, each as a client of its
/// own. A second run finds them and leaves them as they are.
package enum DemonstrationFleet {
  /// Devices that enroll at the same time.
  private static let atOnce = 5

  /// - Parameters:
  ///   - url: The HTTPS address that the devices enroll at.
  ///   - rootPEM: The one root that they trust.
  ///   - write: Where progress goes, standard error unless told.
  package static func run(
    url: String, rootPEM: String, administrator: ServerConnection, count: Int = 25,
    write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
  ) async throws {
    let devices = (0..<max(count, 0)).map(SimulatedDevice.init(number:))
    let known = try await states(administrator)
    // One that was registered and never enrolled (the last run was stopped between the two) enrolls now.
    let due = devices.filter { ["registered", nil].contains(known[$0.serial]) }
    if due.isEmpty {
      write("touchmark: \(devices.count) simulated devices are here already\n")
    } else {
      write("touchmark: \(due.count) simulated devices register and enroll over EST\n")
      try await enroll(due, known: known, url: url, rootPEM: rootPEM, administrator, write)
    }
    write(nextSteps(devices, administrator.location))
  }

  private static func states(_ administrator: ServerConnection) async throws -> [String: String] {
    var states: [String: String] = [:]
    try await administrator.pages("/devices", query: [("label", label.text)], of: DeviceItem.self) { page in
      for device in page { states[device.serial] = device.state }
    }
    return states
  }

  private static let label = Label(key: "demonstration", value: "yes")

  private static func enroll(
    _ devices: [SimulatedDevice], known: [String: String], url: String, rootPEM: String,
    _ administrator: ServerConnection, _ write: @escaping @Sendable (String) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: String.self) { group in
      var waiting = devices[...]
      for device in waiting.prefix(atOnce) {
        group.addTask { try await enroll(device, isKnown: known[device.serial] != nil, url, rootPEM, administrator) }
      }
      waiting = waiting.dropFirst(atOnce)
      while let line = try await group.next() {
        write(line)
        guard let device = waiting.popFirst() else { continue }
        group.addTask { try await enroll(device, isKnown: known[device.serial] != nil, url, rootPEM, administrator) }
      }
    }
  }

  private static func enroll(
    _ device: SimulatedDevice, isKnown: Bool, _ url: String, _ rootPEM: String, _ administrator: ServerConnection
  ) async throws -> String {
    let invitation: Invitation
    if isKnown {
      invitation = try await administrator.post(
        "/devices/\(Query.escape(device.serial))/invite", InvitationRequest(expiresIn: "1h"))
    } else {
      let record = NewDevice(
        serial: device.serial, profile: "operational", product: device.product, lot: device.lot,
        labels: [label.key: label.value], expiresIn: "1h")
      invitation = try await administrator.post("/devices", record)
    }
    let certificate = try await device.enroll(at: url, root: rootPEM, secret: invitation.secret ?? "")
    let padding = String(repeating: " ", count: max(0, 12 - device.serial.count))
    return "  \(device.serial)\(padding)\(certificate.serial)  until \(ReadableTime.minute(certificate.notAfter))\n"
  }
}

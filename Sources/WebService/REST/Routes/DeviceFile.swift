import AdministrationAPI
import Issuance
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of devices as it was sent: lines that say a device, and lines that say none.
struct DeviceFile {
  private(set) var lines: [DeviceImportLine] = []
  private(set) var refused: [RefusedLine] = []

  /// One JSON object a line, as `POST /devices` takes it but for `expires_in`; empty lines are passed over.
  init(jsonl body: [UInt8]) {
    for (index, line) in body.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      take(index + 1) { try Self.device(Array(line)) }
    }
  }

  private static func device(_ line: [UInt8]) throws -> NewDevice {
    let value = try JSONParser.parse(line)
    try Schema.named("NewDevice").check(value, names: APISchemas.all)
    return try JSONDecoder().decode(NewDevice.self, from: Data(line))
  }

  /// A header line names the columns; `label.KEY` is a label. Throws `ProblemDetails` when the header is not understood.
  init(csv body: [UInt8]) throws(ProblemDetails) {
    guard String(validating: body, as: UTF8.self) != nil else { throw .badRequest("the file is not UTF-8") }
    var records = CommaSeparated.Records(body)
    guard let header = records.next() else { throw .badRequest("the file is empty") }
    try Self.check(header.fields)
    while let record = records.next() {
      take(record.line) { try Self.device(record, columns: header.fields) }
    }
  }

  private static let columns: Set = [
    "serial", "profile", "manufacturer", "kind", "product", "hardware_revision", "lot",
  ]

  private static func check(_ header: [String]) throws(ProblemDetails) {
    for column in header where !columns.contains(column) && !column.hasPrefix("label.") {
      throw .badRequest(
        "the column \"\(column)\" is not known",
        hint: "known are " + columns.sorted().joined(separator: ", ") + " and label.KEY")
    }
    guard header.contains("serial"), header.contains("profile"), Set(header).count == header.count else {
      throw .badRequest("the header names serial and profile, and no column twice")
    }
  }

  private static func device(
    _ record: CommaSeparated.Record, columns: [String]
  ) throws(ProblemDetails) -> NewDevice {
    guard record.isWhole, record.fields.count == columns.count else {
      throw .badRequest("the line has \(record.fields.count) fields and the header \(columns.count)")
    }
    var device = NewDevice(serial: "", profile: "", labels: [:])
    for (column, field) in zip(columns, record.fields) where !field.isEmpty {
      switch column {
      case "serial": device.serial = field
      case "profile": device.profile = field
      case "manufacturer": device.manufacturer = field
      case "kind": device.kind = field
      case "product": device.product = field
      case "hardware_revision": device.hardwareRevision = field
      case "lot": device.lot = field
      default: device.labels?[String(column.dropFirst(6))] = field
      }
    }
    return device
  }

  private mutating func take(_ number: Int, _ read: () throws -> NewDevice) {
    do {
      lines.append(DeviceImportLine(number: number, registration: try DeviceRegistration(try read())))
    } catch {
      refused.append(
        RefusedLine(line: number, reason: ProblemDetails.from(error)?.detail ?? "the line cannot be read"))
    }
  }
}

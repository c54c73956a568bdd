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
    guard let text = String(validating: body, as: UTF8.self) else { throw .badRequest("the file is not UTF-8") }
    var records = CommaSeparated.records(text)[...]
    guard let header = records.popFirst() else { throw .badRequest("the file is empty") }
    try Self.check(header.fields)
    for record in records {
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
    let fields = Dictionary(zip(columns, record.fields)) { first, _ in first }.filter { !$0.value.isEmpty }
    let labels = fields.filter { $0.key.hasPrefix("label.") }
    return NewDevice(
      serial: fields["serial"] ?? "", profile: fields["profile"] ?? "", manufacturer: fields["manufacturer"],
      kind: fields["kind"], product: fields["product"], hardwareRevision: fields["hardware_revision"],
      lot: fields["lot"],
      labels: Dictionary(labels.map { (String($0.key.dropFirst(6)), $0.value) }) { first, _ in first })
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

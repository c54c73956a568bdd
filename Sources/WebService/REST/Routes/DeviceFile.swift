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

/// Comma-separated values (RFC 4180).
enum CommaSeparated {
  struct Record: Hashable {
    /// Where it begins, from 1.
    let line: Int
    let fields: [String]
    /// Whether its last quotation mark was closed.
    let isWhole: Bool
  }

  /// Empty lines are passed over. Quoted fields may hold commas, line breaks and doubled quotation marks.
  static func records(_ text: String) -> [Record] {
    var records: [Record] = []
    var reader = Reader(scalars: Array(text.unicodeScalars))
    if reader.scalars.first == "\u{FEFF}" { reader.place = 1 }
    while let record = reader.next() {
      if record.fields != [""] { records.append(record) }
    }
    return records
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var place = 0
    var line = 1

    mutating func next() -> Record? {
      guard place < scalars.count else { return nil }
      let start = line
      var fields: [String] = []
      while true {
        let (field, isWhole) = field()
        fields.append(field)
        if !isWhole { return Record(line: start, fields: fields, isWhole: false) }
        guard place < scalars.count, scalars[place] == "," else { break }
        place += 1
      }
      endLine()
      return Record(line: start, fields: fields, isWhole: true)
    }

    private mutating func endLine() {
      if place < scalars.count, scalars[place] == "\r" { place += 1 }
      if place < scalars.count, scalars[place] == "\n" { place += 1 }
      line += 1
    }

    private mutating func field() -> (String, isWhole: Bool) {
      var text = String.UnicodeScalarView()
      guard place < scalars.count, scalars[place] == "\"" else {
        while place < scalars.count, ![",", "\n", "\r"].contains(scalars[place]) {
          text.append(scalars[place])
          place += 1
        }
        // A lone carriage return is no line's end and would stop the reader here for ever.
        if place < scalars.count, scalars[place] == "\r", place + 1 >= scalars.count || scalars[place + 1] != "\n" {
          place += 1
          return (String(text), false)
        }
        return (String(text), true)
      }
      return quoted()
    }

    private mutating func quoted() -> (String, isWhole: Bool) {
      var text = String.UnicodeScalarView()
      place += 1
      while place < scalars.count {
        let scalar = scalars[place]
        place += 1
        if scalar != "\"" {
          if scalar == "\n" { line += 1 }
          text.append(scalar)
        } else if place < scalars.count, scalars[place] == "\"" {
          text.append(scalar)
          place += 1
        } else {
          let ends = place >= scalars.count || [",", "\n", "\r"].contains(scalars[place])
          if !ends { place = scalars.count }
          return (String(text), ends)
        }
      }
      return (String(text), false)
    }
  }
}

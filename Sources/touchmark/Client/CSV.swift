/// Comma-separated values (RFC 4180).
package enum CSV {
  /// One record with its line end. RFC 4180 §2.6, §2.7: a field with a comma, a quote or a line break is quoted, and
  /// its quotes are doubled.
  package static func record(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The records of a file as they stand, each without its line end and with the number of the line where it begins,
  /// from 1. A line break inside quotes does not end a record; empty lines are left out.
  package static func records(_ bytes: ArraySlice<UInt8>) -> [(line: Int, bytes: ArraySlice<UInt8>)] {
    var records: [(line: Int, bytes: ArraySlice<UInt8>)] = []
    var (start, line, begun, quoted) = (bytes.startIndex, 1, 1, false)
    func keep(upTo end: Int) {
      let record = bytes[start..<end]
      let trimmed = record.last == 0x0D ? record.dropLast() : record
      if !trimmed.isEmpty { records.append((begun, trimmed)) }
    }
    for (index, octet) in zip(bytes.indices, bytes) {
      if octet == 0x22 { quoted.toggle() }
      guard octet == 0x0A else { continue }
      line += 1
      guard !quoted else { continue }
      keep(upTo: index)
      (start, begun) = (index + 1, line)
    }
    if start < bytes.endIndex { keep(upTo: bytes.endIndex) }
    return records
  }
}

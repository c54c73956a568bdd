/// A file of devices cut into requests of a bounded size, so that progress shows and a lost connection loses little.
package struct ImportBatches: Sendable {
  package struct Batch: Sendable {
    package var body: [UInt8]
    /// The file's line of each line of the body, in order.
    package var lines: [Int]
    /// Devices in it.
    package var count: Int

    /// The file's line for a line of this batch, both counted from 1.
    package func fileLine(_ line: Int) -> Int { lines.indices.contains(line - 1) ? lines[line - 1] : line }
  }

  package let type: String
  package let batches: [Batch]
  package var count: Int { batches.reduce(0) { $0 + $1.count } }

  /// A request's most octets and devices: well under what the server bears.
  private static let mostBytes = 1024 * 1024
  private static let mostDevices = 2000

  /// - Throws: `.refused` for an empty file.
  package init(_ bytes: [UInt8], name: String) throws(CommandFailure) {
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let content = isMarked ? bytes.dropFirst(3) : bytes[...]
    let isLines = content.first { $0 > 0x20 } == UInt8(ascii: "{")
    type = isLines ? "application/jsonl" : "text/csv"
    var records = isLines ? Self.lines(content) : CSV.records(content)
    let header = isLines || records.isEmpty ? nil : records.removeFirst()
    guard !records.isEmpty else { throw CommandFailure(.refused, "\(name) holds no devices") }
    batches = Self.cut(records, header: header)
  }

  private typealias Record = (line: Int, bytes: ArraySlice<UInt8>)

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [(line: Int, bytes: ArraySlice<UInt8>)] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
      .map { (line: $0.offset + 1, bytes: $0.element.last == 0x0D ? $0.element.dropLast() : $0.element) }
      .filter { record in record.bytes.contains { $0 > 0x20 } }
  }

  /// Every batch of a CSV file begins with the file's header.
  private static func cut(_ records: [Record], header: Record?) -> [Batch] {
    var empty = Batch(body: [], lines: [], count: 0)
    if let header { empty.add(header) }
    var batches: [Batch] = []
    var batch = empty
    for record in records {
      if batch.count > 0, batch.count >= mostDevices || batch.body.count + record.bytes.count > mostBytes {
        batches.append(batch)
        batch = empty
      }
      batch.add(record)
      batch.count += 1
    }
    return batches + [batch]
  }
}

extension ImportBatches.Batch {
  /// A quoted CSV field may hold line breaks: each of its lines is the same record's, counted as the server counts.
  fileprivate mutating func add(_ record: (line: Int, bytes: ArraySlice<UInt8>)) {
    body += record.bytes
    body.append(0x0A)
    lines += (0...record.bytes.count(where: { $0 == 0x0A })).map { record.line + $0 }
  }
}

/// Writes a list page by page as it arrives: a million devices are never held at once.
package struct ListPrinter<Item: Encodable> {
  private let columns: [Column<Item>]
  private let format: OutputFormat
  private let write: (String) -> Void
  private var table: Table?
  package private(set) var count = 0

  package init(
    _ columns: [Column<Item>], format: OutputFormat, write: @escaping (String) -> Void = StandardOutput.write
  ) {
    self.columns = columns
    self.format = format
    self.write = write
  }

  package mutating func add(_ items: [Item]) throws {
    switch format {
    case .table: addRows(items)
    case .csv:
      if count == 0 { write(CSV.record(columns.map(\.name))) }
      write(items.map { item in CSV.record(columns.map { $0.exact(item) }) }.joined())
    case .jsonl: write(try items.map { try JSONText.line($0) + "\n" }.joined())
    case .json:
      for (offset, item) in items.enumerated() {
        write(count + offset == 0 ? "[\n  " : ",\n  ")
        write(try JSONText.line(item))
      }
    }
    count += items.count
  }

  /// Ends the list. An empty one is an empty array, or a CSV header, or nothing.
  package mutating func finish() {
    switch format {
    case .json: write(count == 0 ? "[]\n" : "\n]\n")
    case .csv where count == 0: write(CSV.record(columns.map(\.name)))
    case .table, .jsonl, .csv: break
    }
  }

  private mutating func addRows(_ items: [Item]) {
    let shown = columns.filter(\.isInTable)
    let rows = items.map { item in shown.map { $0.shown(item) } }
    let current = table ?? Table(titles: shown.map(\.title), first: rows)
    if table == nil, !rows.isEmpty {
      write(current.header)
      table = current
    }
    write(rows.map(current.line).joined())
  }
}

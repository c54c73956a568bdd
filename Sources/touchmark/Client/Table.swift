/// Aligned columns, two spaces apart, under titles in capitals.
package struct Table: Sendable {
  private let titles: [String]
  private var widths: [Int]
  /// A cell is cut here, so that one long value does not spread every line.
  private static let widest = 48

  /// The widths come from the first rows; what is wider later spreads its own line alone.
  package init(titles: [String], first rows: [[String]]) {
    self.titles = titles
    widths = titles.map(\.count)
    for row in rows {
      for (column, cell) in row.enumerated() where column < widths.count {
        widths[column] = min(max(widths[column], cell.count), Self.widest)
      }
    }
  }

  package var header: String { line(titles) }

  /// One line with its end; the last column is neither padded nor cut.
  package func line(_ cells: [String]) -> String {
    var text = ""
    for (column, cell) in cells.enumerated() {
      let clean = Printable.text(cell)
      guard column < cells.count - 1, column < widths.count else {
        text += clean
        break
      }
      let width = widths[column]
      let kept = clean.count > Self.widest ? clean.prefix(Self.widest - 1) + "…" : clean[...]
      text += kept + String(repeating: " ", count: max(0, width - kept.count) + 2)
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

  /// Names and values below each other, indented: `  state    active`.
  package static func facts(_ facts: [(String, String?)], indent: Int = 2) -> String {
    let shown = facts.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, $0) } }
    let width = shown.map(\.0.count).max() ?? 0
    return shown.map { name, value in
      let padding = String(repeating: " ", count: width - name.count + 2)
      return String(repeating: " ", count: indent) + name + padding + Printable.text(value) + "\n"
    }.joined()
  }
}

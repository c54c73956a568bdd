/// A column of a list: what stands in it, and whether a table has room for it.
package struct Column<Item>: Sendable {
  /// As in JSON, `last_contact_at`; a table writes `LAST CONTACT AT`.
  package let name: String
  package let isInTable: Bool
  /// For CSV: exact.
  package let exact: @Sendable (Item) -> String
  /// For a table: short.
  package let shown: @Sendable (Item) -> String

  package init(
    _ name: String, inTable: Bool = true, shown: (@Sendable (Item) -> String)? = nil,
    _ exact: @escaping @Sendable (Item) -> String
  ) {
    self.name = name
    isInTable = inTable
    self.exact = exact
    self.shown = shown ?? exact
  }

  /// A moment: to the minute in a table.
  package static func time(
    _ name: String, inTable: Bool = true, _ value: @escaping @Sendable (Item) -> String?
  ) -> Column {
    Column(name, inTable: inTable, shown: { ReadableTime.minute(value($0)) }, { value($0) ?? "" })
  }

  package var title: String { name.uppercased().map { $0 == "_" ? " " : String($0) }.joined() }
}

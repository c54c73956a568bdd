/// A record that one table's row holds.
protocol SQLiteRecord {
  static var table: String { get }
  /// The columns in the order in which `init(columns:)` reads them.
  static var columns: String { get }
  init(columns: inout ColumnReader) throws(StoreError)
}

extension SQLiteRecord {
  static var select: String { "SELECT \(columns) FROM \(table) " }
}

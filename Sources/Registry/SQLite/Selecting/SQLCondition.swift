import GRDBSQLite
import WireFormats

/// A part of a WHERE clause with its arguments, in order.
struct SQLCondition {
  var sql: String
  var arguments: [any SQLiteBindable]

  init(_ sql: String, _ arguments: any SQLiteBindable...) { (self.sql, self.arguments) = (sql, arguments) }
  init(_ sql: String, arguments: [any SQLiteBindable]) { (self.sql, self.arguments) = (sql, arguments) }

  static func joined(_ parts: [SQLCondition], by word: String) -> SQLCondition {
    SQLCondition(
      "(" + parts.map(\.sql).joined(separator: " \(word) ") + ")", arguments: parts.flatMap(\.arguments))
  }
}

extension Selection.Condition {
  /// - Parameter compare: one comparison of the table at hand.
  func sql(_ compare: (Selection.Comparison) -> SQLCondition) -> SQLCondition {
    switch self {
    case .all(let parts): return .joined(parts.map { $0.sql(compare) }, by: "AND")
    case .any(let parts): return .joined(parts.map { $0.sql(compare) }, by: "OR")
    case .not(let part):
      // NOT of NULL is NULL in SQL: a device without a product is no pump either.
      let inner = part.sql(compare)
      return SQLCondition("(\(inner.sql) IS NOT TRUE)", arguments: inner.arguments)
    case .compares(let comparison): return compare(comparison)
    }
  }
}

extension Selection.Value: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    switch self {
    case .text(let text): text.bind(to: statement, at: index)
    case .moment(let instant): instant.bind(to: statement, at: index)
    case .never: sqlite3_bind_null(statement, index)
    case .octets(let octets): octets.bind(to: statement, at: index)
    }
  }
}

extension Selection.Comparison {
  /// This comparison with a column. An empty text is the same as none.
  func sql(column: String) -> SQLCondition {
    switch (relation, values.first) {
    case (.equal, .never?): return SQLCondition("\(column) IS NULL")
    case (.notEqual, .never?): return SQLCondition("\(column) IS NOT NULL")
    case (.equal, .text("")?): return SQLCondition("(\(column) IS NULL OR \(column) = '')")
    case (.notEqual, .text("")?): return SQLCondition("(\(column) IS NOT NULL AND \(column) <> '')")
    case (.notEqual, let value?): return SQLCondition("\(column) IS NOT ?", value)
    case (.among, _):
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      return SQLCondition("\(column) IN (\(marks))", arguments: values)
    case (.prefix, .text(let prefix)?):
      // A range of an index. U+10FFFF sorts behind all that a text holds.
      return SQLCondition("(\(column) >= ? AND \(column) < ?)", prefix, prefix + "\u{10FFFF}")
    case (_, let value?): return SQLCondition("\(column) \(relation.rawValue) ?", value)
    case (_, nil): return SQLCondition("FALSE")
    }
  }
}

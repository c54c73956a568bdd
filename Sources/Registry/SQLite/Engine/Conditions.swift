/// The WHERE clause of a filtered list, with its arguments.
struct Conditions {
  private var parts: [String]
  private(set) var arguments: [any SQLiteBindable]

  init(_ sql: String, _ arguments: any SQLiteBindable...) {
    parts = [sql]
    self.arguments = arguments
  }

  var clause: String { "WHERE " + parts.joined(separator: " AND ") }

  mutating func add(_ sql: String, _ arguments: any SQLiteBindable...) {
    parts.append(sql)
    self.arguments += arguments
  }

  mutating func addIfSet(_ sql: String, _ argument: (some SQLiteBindable)?) {
    if let argument { add(sql, argument) }
  }
}

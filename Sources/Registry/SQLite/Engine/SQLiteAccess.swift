import GRDB

/// One connection's statements. Queries of each record are extensions of this, in a file of their own.
protocol SQLiteAccess {
  var database: Database { get }
  /// Told of each failed statement before it is thrown.
  func failed(_ error: StoreError)
}

extension SQLiteAccess {
  /// Runs a statement that is prepared once per connection; returns how many rows it changed.
  @discardableResult
  func execute(_ sql: String, _ arguments: [any SQLiteBindable] = []) throws(StoreError) -> Int {
    try mapped {
      try prepare(sql, arguments).run()
    }
  }

  func first<T>(
    _ sql: String, _ arguments: [any SQLiteBindable], of table: String,
    _ decode: (inout ColumnReader) throws(StoreError) -> T
  ) throws(StoreError) -> T? {
    try mapped {
      let statement = try prepare(sql, arguments)
      guard var columns = try statement.next(of: table) else { return nil }
      return try decode(&columns)
    }
  }

  func all<T>(
    _ sql: String, _ arguments: [any SQLiteBindable], of table: String,
    _ decode: (inout ColumnReader) throws(StoreError) -> T
  ) throws(StoreError) -> [T] {
    try mapped {
      let statement = try prepare(sql, arguments)
      var items: [T] = []
      while var columns = try statement.next(of: table) { items.append(try decode(&columns)) }
      return items
    }
  }

  /// `condition` begins with WHERE (or ORDER BY).
  func first<Record: SQLiteRecord>(
    _ type: Record.Type, _ condition: String, _ arguments: [any SQLiteBindable]
  ) throws(StoreError) -> Record? {
    try first(Record.select + condition, arguments, of: Record.table, Record.init(columns:))
  }

  func all<Record: SQLiteRecord>(
    _ type: Record.Type, _ condition: String, _ arguments: [any SQLiteBindable]
  ) throws(StoreError) -> [Record] {
    try all(Record.select + condition, arguments, of: Record.table, Record.init(columns:))
  }

  /// For statements of any shape, which are not kept: their texts come from whoever selects.
  func rows<T>(
    selected sql: String, _ arguments: [any SQLiteBindable], of table: String,
    _ decode: (inout ColumnReader) throws(StoreError) -> T
  ) throws(StoreError) -> [T] {
    try mapped {
      let statement = try prepare(sql, arguments, isKept: false)
      var items: [T] = []
      while var columns = try statement.next(of: table) { items.append(try decode(&columns)) }
      return items
    }
  }

  /// As `rows(selected:)`, one row after the other, so that none is kept.
  func each(
    selected sql: String, _ arguments: [any SQLiteBindable], of table: String,
    _ take: (inout ColumnReader) throws(StoreError) -> Void
  ) throws(StoreError) {
    try mapped {
      let statement = try prepare(sql, arguments, isKept: false)
      while var columns = try statement.next(of: table) { try take(&columns) }
    }
  }

  /// As `rows(selected:)`, for what returns none; the number of rows changed.
  @discardableResult
  func run(selected sql: String, _ arguments: [any SQLiteBindable]) throws(StoreError) -> Int {
    try mapped { try prepare(sql, arguments, isKept: false).run() }
  }

  func number(_ sql: String, _ arguments: [any SQLiteBindable]) throws(StoreError) -> Int64? {
    try first(sql, arguments, of: "") { columns throws(StoreError) in try columns.integerIfAny() } ?? nil
  }

  private func prepare(
    _ sql: String, _ arguments: [any SQLiteBindable], isKept: Bool = true
  ) throws -> SQLiteStatement {
    let statement = try SQLiteStatement(sql, on: database, isKept: isKept)
    try statement.bind(arguments)
    return statement
  }

  private func mapped<T>(_ body: () throws -> T) throws(StoreError) -> T {
    do {
      return try body()
    } catch {
      let error = StoreError(error)
      failed(error)
      throw error
    }
  }
}

import GRDB
import GRDBSQLite

/// A prepared statement with its arguments, stepped through SQLite's own interface.
///
/// GRDB prepares and keeps it; rows and values of GRDB would cost an enrollment more than the database itself does.
struct SQLiteStatement: ~Copyable {
  private let handle: OpaquePointer
  /// What owns the handle.
  private let statement: Statement

  /// From the connection's cache, or prepared; it is kept there unless its text is one of any number.
  init(_ sql: String, on database: Database, isKept: Bool = true) throws {
    statement = try isKept ? database.cachedStatement(sql: sql) : database.makeStatement(sql: sql)
    handle = statement.sqliteStatement
  }

  borrowing func bind(_ arguments: [any SQLiteBindable]) throws {
    guard arguments.count == Int(sqlite3_bind_parameter_count(handle)) else {
      throw StoreError.malformed("the arguments of a statement")
    }
    for (index, argument) in arguments.enumerated() {
      let code = argument.bind(to: handle, at: Int32(truncatingIfNeeded: index + 1))
      guard code == SQLITE_OK else { throw failure(code) }
    }
  }

  // Ends the statement's read and lets go of what was bound, secrets among it.
  deinit {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// The next row's columns; nil after the last.
  borrowing func next(of table: String) throws -> ColumnReader? {
    let code = sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return ColumnReader(handle, of: table)
    case SQLITE_DONE: return nil
    default: throw failure(code)
    }
  }

  /// Runs it to its end; returns how many rows it changed.
  consuming func run() throws -> Int {
    let database = sqlite3_db_handle(handle)
    var code = sqlite3_step(handle)
    while code == SQLITE_ROW { code = sqlite3_step(handle) }
    guard code == SQLITE_DONE else { throw failure(code) }
    return Int(sqlite3_changes(database))
  }

  private borrowing func failure(_ code: Int32) -> DatabaseError {
    let message = sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
  }
}

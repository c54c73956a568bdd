import GRDB

extension StoreError {
  /// SQLite's failure in the store's terms; a `StoreError` stays what it is.
  init(_ error: any Error) {
    if let error = error as? StoreError {
      self = error
    } else if let error = error as? DatabaseError {
      self.init(error)
    } else {
      self = .unavailable(reason: "\(error)")
    }
  }

  private init(_ error: DatabaseError) {
    let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.extendedResultCode {
    case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY:
      // SQLite says "UNIQUE constraint failed: devices.organization, devices.serial".
      self = .duplicate(message.split(separator: ": ").last.map(String.init) ?? message)
    default:
      self = .unavailable(reason: Self.reason(error, message))
    }
  }

  private static func reason(_ error: DatabaseError, _ message: String) -> String {
    switch error.resultCode {
    case .SQLITE_FULL: "the disk is full"
    case .SQLITE_READONLY: "the database is read-only"
    case .SQLITE_BUSY, .SQLITE_LOCKED: "another process keeps the database locked"
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: "the database file is damaged (\(message))"
    case .SQLITE_CANTOPEN: "the database file cannot be opened"
    case .SQLITE_IOERR: "the disk failed or is read-only (\(message))"
    case .SQLITE_INTERRUPT, .SQLITE_ABORT: "the store is closing"
    default: "the database refused (\(message))"
    }
  }
}

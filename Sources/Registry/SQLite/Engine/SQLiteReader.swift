import GRDB

/// A reader connection within one body.
struct SQLiteReader: SQLiteAccess, StoreReader {
  let database: Database
  func failed(_ error: StoreError) {}
}

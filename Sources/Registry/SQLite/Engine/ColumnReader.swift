import Credentials
import GRDBSQLite
import WireFormats

/// Reads a row's columns one after the other, in the order of the SELECT.
///
/// Every mismatch throws: an offline copy under verification may have been changed by anyone.
struct ColumnReader {
  /// Stands on the row; valid until the statement's next step.
  private let row: OpaquePointer
  private let table: String
  private let columns: Int32
  private var index: Int32 = 0

  init(_ row: OpaquePointer, of table: String) {
    self.row = row
    self.table = table
    columns = sqlite3_column_count(row)
  }

  /// The column whose turn it is, if it holds that type; nil for NULL.
  private mutating func next(_ type: Int32) throws(StoreError) -> Int32? {
    guard index < columns else { throw malformed() }
    defer { index += 1 }
    let found = sqlite3_column_type(row, index)
    guard found != SQLITE_NULL else { return nil }
    guard found == type else { throw malformed() }
    return index
  }

  private func malformed() -> StoreError { .malformed("\(table), column \(index)") }

  mutating func textIfAny() throws(StoreError) -> String? {
    guard let column = try next(SQLITE_TEXT) else { return nil }
    guard let start = sqlite3_column_text(row, column) else { throw malformed() }
    let octets = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(row, column)))
    return String(decoding: octets, as: UTF8.self)
  }

  mutating func integerIfAny() throws(StoreError) -> Int64? {
    guard let column = try next(SQLITE_INTEGER) else { return nil }
    return sqlite3_column_int64(row, column)
  }

  mutating func bytesIfAny() throws(StoreError) -> [UInt8]? {
    guard let column = try next(SQLITE_BLOB) else { return nil }
    // SQLite gives no address for a BLOB without octets.
    guard let start = sqlite3_column_blob(row, column) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(row, column))))
  }

  mutating func text() throws(StoreError) -> String { try required(try textIfAny()) }
  mutating func integer() throws(StoreError) -> Int64 { try required(try integerIfAny()) }
  mutating func bytes() throws(StoreError) -> [UInt8] { try required(try bytesIfAny()) }
  mutating func count() throws(StoreError) -> Int { try required(Int(exactly: try integer())) }
  mutating func countIfAny() throws(StoreError) -> Int? {
    guard let integer = try integerIfAny() else { return nil }
    return try required(Int(exactly: integer))
  }

  mutating func index64() throws(StoreError) -> UInt64 { try required(UInt64(exactly: try integer())) }
  mutating func instant() throws(StoreError) -> Instant { Instant(milliseconds: try integer()) }

  mutating func instantIfAny() throws(StoreError) -> Instant? {
    guard let milliseconds = try integerIfAny() else { return nil }
    return Instant(milliseconds: milliseconds)
  }

  mutating func identifier<ID: Identifier>() throws(StoreError) -> ID { try required(ID(rawValue: try text())) }

  mutating func identifierIfAny<ID: Identifier>() throws(StoreError) -> ID? {
    guard let text = try textIfAny() else { return nil }
    return try required(ID(rawValue: text))
  }

  mutating func choice<Choice: RawRepresentable<String>>() throws(StoreError) -> Choice {
    try required(Choice(rawValue: try text()))
  }

  mutating func serial() throws(StoreError) -> SerialNumber { try required(try serialIfAny()) }

  mutating func serialIfAny() throws(StoreError) -> SerialNumber? {
    guard let bytes = try bytesIfAny() else { return nil }
    // A leading zero octet keeps a magnitude that begins with a high bit positive.
    return try required(SerialNumber(integerContent: bytes.first ?? 0 < 0x80 ? bytes : [0] + bytes))
  }

  mutating func reasonIfAny() throws(StoreError) -> RevocationReason? {
    guard let value = try integerIfAny() else { return nil }
    return try required(Int(exactly: value).flatMap(RevocationReason.init(rawValue:)))
  }

  private func required<T>(_ value: T?) throws(StoreError) -> T {
    guard let value else { throw malformed() }
    return value
  }
}

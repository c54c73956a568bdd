import Credentials
import Foundation
import GRDB
import WireFormats

/// Reads a row's columns one after the other, in the order of the SELECT.
///
/// Every mismatch throws: an offline copy under verification may have been changed by anyone.
struct ColumnReader {
  private let row: Row
  private let table: String
  private var index = 0

  init(_ row: Row, of table: String) {
    self.row = row
    self.table = table
  }

  private mutating func next() throws(StoreError) -> DatabaseValue.Storage {
    guard index < row.count else { throw malformed() }
    defer { index += 1 }
    return (row[index] as DatabaseValue).storage
  }

  private func malformed() -> StoreError { .malformed("\(table), column \(index)") }

  mutating func textIfAny() throws(StoreError) -> String? {
    switch try next() {
    case .null: return nil
    case .string(let text): return text
    default: throw malformed()
    }
  }

  mutating func integerIfAny() throws(StoreError) -> Int64? {
    switch try next() {
    case .null: return nil
    case .int64(let value): return value
    default: throw malformed()
    }
  }

  mutating func bytesIfAny() throws(StoreError) -> [UInt8]? {
    switch try next() {
    case .null: return nil
    case .blob(let data): return [UInt8](data)
    default: throw malformed()
    }
  }

  mutating func text() throws(StoreError) -> String { try required(try textIfAny()) }
  mutating func integer() throws(StoreError) -> Int64 { try required(try integerIfAny()) }
  mutating func bytes() throws(StoreError) -> [UInt8] { try required(try bytesIfAny()) }
  mutating func count() throws(StoreError) -> Int { try required(Int(exactly: try integer())) }
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

import Credentials
import GRDBSQLite
import WireFormats

/// What can be an argument of a statement. Times are whole milliseconds, hashes and serials are BLOBs.
protocol SQLiteBindable {
  /// Binds it at this place, counted from 1; returns SQLite's result code.
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension String: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    var text = self
    return text.withUTF8 { octets in
      octets.withMemoryRebound(to: CChar.self) {
        // Without an address SQLite would take it for NULL.
        guard let start = $0.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, SQLiteMemory.copied) }
        return sqlite3_bind_text64(
          statement, index, start, UInt64($0.count), SQLiteMemory.copied, UInt8(SQLITE_UTF8))
      }
    }
  }
}

extension Int: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { Int64(self).bind(to: statement, at: index) }
}

extension Int64: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension UInt64: SQLiteBindable {
  // An index of the audit log. One over Int64.max does not exist, and finds nothing.
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    Int64(clamping: self).bind(to: statement, at: index)
  }
}

extension Array: SQLiteBindable where Element == UInt8 {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    // Without an address SQLite would take it for NULL.
    guard !isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
    return withUnsafeBytes {
      sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), SQLiteMemory.copied)
    }
  }
}

extension Instant: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { milliseconds.bind(to: statement, at: index) }
}

extension SerialNumber: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { bytes.bind(to: statement, at: index) }
}

extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    self?.bind(to: statement, at: index) ?? sqlite3_bind_null(statement, index)
  }
}

extension SQLiteBindable where Self: Identifier {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { rawValue.bind(to: statement, at: index) }
}

extension OrganizationID: SQLiteBindable {}
extension DeviceID: SQLiteBindable {}
extension AuthorityID: SQLiteBindable {}
extension AuthorityName: SQLiteBindable {}
extension ProfileName: SQLiteBindable {}
extension GrantName: SQLiteBindable {}
extension RootRequestID: SQLiteBindable {}
extension BulkActID: SQLiteBindable {}
extension PendingRequestID: SQLiteBindable {}
extension ACMEObjectID: SQLiteBindable {}
extension AttestationID: SQLiteBindable {}

extension SQLiteBindable where Self: RawRepresentable, RawValue == String {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { rawValue.bind(to: statement, at: index) }
}

extension AuthorityRecord.Purpose: SQLiteBindable {}
extension AuthorityRecord.State: SQLiteBindable {}
extension RolloverCertificate.Kind: SQLiteBindable {}
extension DeviceRecord.Kind: SQLiteBindable {}
extension DeviceRecord.State: SQLiteBindable {}
extension CertificateRecord.KeyOrigin: SQLiteBindable {}
extension CertificateRecord.Status: SQLiteBindable {}
extension AdministratorRecord.Role: SQLiteBindable {}
extension BulkActRecord.State: SQLiteBindable {}
extension PendingRequestRecord.State: SQLiteBindable {}
extension ACMEAccountRecord.Status: SQLiteBindable {}
extension ACMEOrderRecord.Status: SQLiteBindable {}
extension ACMEAuthorizationRecord.Status: SQLiteBindable {}
extension ACMEAuthorizationRecord.Challenge: SQLiteBindable {}
extension TrustAnchorRecord.Purpose: SQLiteBindable {}
extension AttestationRecord.Status: SQLiteBindable {}
extension AttestationRecord.Consequence: SQLiteBindable {}

extension RevocationReason: SQLiteBindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { rawValue.bind(to: statement, at: index) }
}

/// What SQLite is told about memory that it is given.
private enum SQLiteMemory {
  /// SQLITE_TRANSIENT, which C spells as a cast that Swift does not take over: SQLite copies at once.
  static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

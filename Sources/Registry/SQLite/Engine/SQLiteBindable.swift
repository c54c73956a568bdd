import Credentials
import Foundation
import GRDB
import WireFormats

/// What can be an argument of a statement. Times are whole milliseconds, hashes and serials are BLOBs.
protocol SQLiteBindable {
  var bound: DatabaseValue { get }
}

extension String: SQLiteBindable {
  var bound: DatabaseValue { databaseValue }
}

extension Int: SQLiteBindable {
  var bound: DatabaseValue { databaseValue }
}

extension Int64: SQLiteBindable {
  var bound: DatabaseValue { databaseValue }
}

extension UInt64: SQLiteBindable {
  // An index of the audit log. One over Int64.max does not exist, and finds nothing.
  var bound: DatabaseValue { Int64(clamping: self).databaseValue }
}

extension Array: SQLiteBindable where Element == UInt8 {
  var bound: DatabaseValue { Data(self).databaseValue }
}

extension Instant: SQLiteBindable {
  var bound: DatabaseValue { milliseconds.databaseValue }
}

extension SerialNumber: SQLiteBindable {
  var bound: DatabaseValue { Data(bytes).databaseValue }
}

extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
  var bound: DatabaseValue { self?.bound ?? .null }
}

extension SQLiteBindable where Self: Identifier {
  var bound: DatabaseValue { rawValue.databaseValue }
}

extension OrganizationID: SQLiteBindable {}
extension DeviceID: SQLiteBindable {}
extension AuthorityID: SQLiteBindable {}
extension ProfileName: SQLiteBindable {}
extension GrantName: SQLiteBindable {}
extension RootRequestID: SQLiteBindable {}

extension SQLiteBindable where Self: RawRepresentable, RawValue == String {
  var bound: DatabaseValue { rawValue.databaseValue }
}

extension AuthorityRecord.Purpose: SQLiteBindable {}
extension AuthorityRecord.State: SQLiteBindable {}
extension RolloverCertificate.Kind: SQLiteBindable {}
extension DeviceRecord.Kind: SQLiteBindable {}
extension DeviceRecord.State: SQLiteBindable {}
extension CertificateRecord.KeyOrigin: SQLiteBindable {}
extension CertificateRecord.Status: SQLiteBindable {}
extension AdministratorRecord.Role: SQLiteBindable {}

extension RevocationReason: SQLiteBindable {
  var bound: DatabaseValue { rawValue.databaseValue }
}

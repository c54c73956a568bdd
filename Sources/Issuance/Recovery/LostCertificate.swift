import Credentials
import Registry
import WireFormats

/// A certificate that verifies under one of our authorities and is not in the store, since the store was restored from a
/// backup that is older (TRUST.md, Keys at rest).
///
/// It is thrown by a read that met it: taking it back is a write of its own, after which the read is done again.
struct LostCertificate: Error {
  let certificate: Certificate
  let authority: AuthorityRecord
  let epoch: Int
}

extension Resolver {
  /// A signature that was begun before the backup was taken may have been recorded after it.
  private static let slack = Span.minutes(10)

  /// Nil unless the organization's recovery window is open and the certificate was issued between backup and restore:
  /// what is older was in the store, or was never ours.
  func lostCertificate(_ encoded: [UInt8]) throws -> LostCertificate? {
    guard let epoch = try reader.currentAuditEpoch(in: organization), now <= epoch.recoveryUntil,
      let certificate = try? Certificate(parsing: encoded), !certificate.isAuthority
    else { return nil }
    let issuedAt = certificate.serial.issuedAt
    guard epoch.restoredFrom - Self.slack <= issuedAt, issuedAt <= epoch.openedAt + Self.slack else { return nil }
    let issuer = try reader.authorities(in: organization).first { $0.takesBack && $0.signed(certificate) }
    return issuer.map { LostCertificate(certificate: certificate, authority: $0, epoch: epoch.epoch) }
  }
}

extension SerialNumber {
  /// When one of ours was issued: its first 48 bits (docs/decisions, 0007).
  var issuedAt: Instant {
    let octets = [UInt8](repeating: 0, count: max(0, 16 - bytes.count)) + bytes
    return Instant(milliseconds: octets.prefix(6).reduce(0) { $0 << 8 | Int64($1) })
  }
}

extension AuthorityRecord {
  /// Whether its certificates belong to devices. The lab's belong to nobody, and the installation's are made anew.
  fileprivate var takesBack: Bool {
    switch purpose {
    case .idevid, .operational: true
    case .root, .successor, .installation, .lab, .foreign: false
    }
  }

  fileprivate func signed(_ leaf: Certificate) -> Bool {
    guard leaf.issuer.encoded == subject, let own = try? Certificate(parsing: certificate), let key = own.publicKey
    else { return false }
    return leaf.isSigned(by: key)
  }
}

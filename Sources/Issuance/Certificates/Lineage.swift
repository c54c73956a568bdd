import Registry
import WireFormats

/// Which of a device's certificates follow one another, and what a revocation among them ends (decision 0030).
///
/// A certificate follows another of its device and profile when it was renewed from it, directly or further on, or when
/// its line of renewals began after the other was issued: by a new secret, by a factory identity, or with one that a
/// restore took back without knowing its parent. Two renewals from one certificate do not follow each other, so that an
/// operator who revokes a clone's leaves the honest device its own.
struct Lineage {
  /// Of one device, all profiles, in any order.
  private let byFingerprint: [[UInt8]: CertificateRecord]
  /// Those whose revocation says that what came before is not to be believed either.
  private let distrusted: [CertificateRecord]

  init(_ certificates: [CertificateRecord]) {
    byFingerprint = Dictionary(certificates.map { ($0.fingerprint, $0) }) { first, _ in first }
    distrusted = certificates.filter(\.distrustsEarlier)
  }

  /// The revoked certificate that ends what `record` may do at our doors; nil while none does.
  func revocation(ending record: CertificateRecord) -> CertificateRecord? {
    distrusted.first { $0.fingerprint != record.fingerprint && follows($0, record) }
  }

  private func follows(_ later: CertificateRecord, _ earlier: CertificateRecord) -> Bool {
    guard later.profile == earlier.profile else { return false }
    var first = later
    // Each step is towards an older record, and no line is longer than all there are.
    for _ in byFingerprint {
      guard let parent = first.parentFingerprint.flatMap({ byFingerprint[$0] }), parent.profile == later.profile else {
        break
      }
      guard parent.fingerprint != earlier.fingerprint else { return true }
      first = parent
    }
    return earlier.issuedAt <= first.issuedAt && earlier.fingerprint != first.fingerprint
  }
}

extension Lineage {
  /// The revocation that ends what a certificate may do, of those in the store. Costs one look at an index while nothing
  /// of the device's is revoked.
  static func revocation(
    ending record: CertificateRecord, in reader: any StoreReader, of organization: OrganizationID
  ) throws -> CertificateRecord? {
    guard let device = record.device, try reader.hasRevokedCertificates(device, in: organization) else { return nil }
    return Lineage(try reader.certificates(of: device, notExpiredAt: nil, in: organization))
      .revocation(ending: record)
  }
}

extension CertificateRecord {
  /// A superseded certificate was replaced, and says nothing about those before it. Every other reason does, and so does
  /// none (RFC 5280 §5.3.1: absent is unspecified).
  fileprivate var distrustsEarlier: Bool { status == .revoked && reason != .superseded }
}

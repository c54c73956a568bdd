import Registry
import WireFormats

/// What a revocation left of a device.
public struct RemainingIdentity: Sendable {
  public let record: CertificateRecord
  /// Whether it opens a door here: to renew, or to enroll for another profile.
  public let enrolls: Bool
}

extension CertificateService {
  /// The certificates of the same device that others believe still, or that may renew although they have ended. Nobody
  /// who revokes one should think that the device is shut out while these are there.
  public func remaining(beside revoked: CertificateRecord) async throws(Refusal) -> [RemainingIdentity] {
    guard let device = revoked.device else { return [] }
    let (organization, time) = (organization, now())
    do {
      return try await store.read { reader in
        let all = try reader.certificates(of: device, notExpiredAt: nil, in: organization)
        let lineage = Lineage(all)
        var forgiven: [ProfileName: Instant] = [:]
        return try all.filter { $0.status == .good }.compactMap { record in
          let isEnded = lineage.revocation(ending: record) != nil
          guard record.notAfter < time else { return RemainingIdentity(record: record, enrolls: !isEnded) }
          guard !isEnded else { return nil }
          let since = try forgiven[record.profile] ?? Self.forgivenSince(record.profile, at: time, reader, organization)
          forgiven[record.profile] = since
          return since <= record.notAfter ? RemainingIdentity(record: record, enrolls: true) : nil
        }
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  /// What ended before this moment renews no more, unless an operator readmits its device.
  private static func forgivenSince(
    _ name: ProfileName, at now: Instant, _ reader: any StoreReader, _ organization: OrganizationID
  ) throws -> Instant {
    guard let record = try reader.profile(name, in: organization),
      let profile = try? ProfileDocument.parse(record.document), profile.renewal.allowed
    else { return now }
    return now - profile.renewal.grace
  }
}

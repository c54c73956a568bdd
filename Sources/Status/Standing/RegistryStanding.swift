import Credentials
import Registry
import WireFormats

/// Standing as the store has it.
public struct RegistryStanding: StandingSource {
  private let store: any Store
  private let organization: OrganizationID
  private let answerLifetime: @Sendable (ProfileName) -> Span?

  /// - Parameter answerLifetime: How long an answer about a profile's certificates is valid; nil for the default.
  public init(
    store: any Store, organization: OrganizationID,
    answerLifetime: @escaping @Sendable (ProfileName) -> Span? = { _ in nil }
  ) {
    (self.store, self.organization, self.answerLifetime) = (store, organization, answerLifetime)
  }

  public func authorities() async throws -> [StatusAuthority] {
    let organization = organization
    let records = try await store.read { try $0.authorities(in: organization) }
    return records.compactMap { record in
      guard let certificate = try? Certificate(parsing: record.certificate) else { return nil }
      return StatusAuthority(id: record.id, certificate: certificate)
    }
  }

  public func standings(
    of serials: [SerialNumber], under authority: AuthorityID
  ) async throws -> [SerialNumber: CertificateStanding] {
    let organization = organization
    return try await store.read { reader in
      var standings: [SerialNumber: CertificateStanding] = [:]
      for serial in Set(serials) {
        if let record = try reader.certificate(authority: authority, serial: serial, in: organization) {
          standings[serial] = standing(of: record)
        } else if let earlier = try reader.recoveredRevocation(
          ofSerial: serial, authority: authority, in: organization)
        {
          let since = earlier.revokedAt
          let isHeld = earlier.reason == .certificateHold
          standings[serial] = CertificateStanding(
            state: isHeld ? .held(since: since) : .revoked(at: since, reason: earlier.reason))
        }
      }
      return standings
    }
  }

  public func changes(after sequence: Int64, limit: Int) async throws -> [StandingChange] {
    let organization = organization
    return try await store.read { try $0.standingChanges(after: sequence, limit: limit, in: organization) }
  }

  public func latestChange() async throws -> Int64 {
    let organization = organization
    return try await store.read { try $0.latestStandingChange(in: organization) }
  }

  private func standing(of record: CertificateRecord) -> CertificateStanding {
    // The store sets a time with every hold and revocation; without one, the certificate was never good.
    let since = record.revokedAt ?? record.notBefore
    let state: CertificateStanding.State
    switch record.status {
    case .good: state = .good
    case .held: state = .held(since: since)
    case .revoked: state = .revoked(at: since, reason: record.reason)
    }
    return CertificateStanding(state: state, answerLifetime: answerLifetime(record.profile))
  }
}

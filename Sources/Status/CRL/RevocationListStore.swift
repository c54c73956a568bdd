import Registry
import WireFormats

/// What the publisher keeps.
public protocol RevocationListStore: Sendable {
  /// The next number of the authority's CRLs; durable when this returns, and never given again.
  func takeNumber(of authority: AuthorityID) async throws -> Int64
  /// Held and revoked certificates that do not expire before `instant`.
  func revoked(by authority: AuthorityID, notExpiredAt instant: Instant) async throws -> [RevokedCertificate]
  /// Durable when this returns. Throws `StoreError.conflict` when a newer one is there.
  func store(_ list: RevocationList) async throws
  func latest(of authority: AuthorityID) async throws -> RevocationList?
}

/// The same in the registry.
public struct RegistryRevocationLists: RevocationListStore {
  private let store: any Store
  private let organization: OrganizationID

  public init(store: any Store, organization: OrganizationID) {
    (self.store, self.organization) = (store, organization)
  }

  public func takeNumber(of authority: AuthorityID) async throws -> Int64 {
    let organization = organization
    return try await store.write { try $0.takeCRLNumber(of: authority, in: organization) }
  }

  public func revoked(by authority: AuthorityID, notExpiredAt instant: Instant) async throws -> [RevokedCertificate] {
    let organization = organization
    return try await store.read {
      try $0.revokedCertificates(by: authority, notExpiredAt: instant, in: organization)
    }
  }

  public func store(_ list: RevocationList) async throws {
    let organization = organization
    try await store.write { try $0.store(list, in: organization) }
  }

  public func latest(of authority: AuthorityID) async throws -> RevocationList? {
    let organization = organization
    return try await store.read { try $0.revocationList(of: authority, in: organization) }
  }
}

import Issuance
import Registry

/// Finds the profile that an address names.
public struct ProfileLookup: Sendable {
  private let store: any Store
  private let organization: OrganizationID
  private let catalog: ProfileCatalog

  public init(store: any Store, organization: OrganizationID, catalog: ProfileCatalog) {
    (self.store, self.organization, self.catalog) = (store, organization, catalog)
  }

  /// Nil for no name.
  func profile(_ name: ProfileName?) async throws(Refusal) -> Profile? {
    guard let name else { return nil }
    let record: ProfileRecord?
    do {
      record = try await store.read { [organization] in try $0.profile(name, in: organization) }
    } catch {
      throw Refusal(.unavailable, "the store cannot be read", detail: "\(error)")
    }
    guard let record else { throw Refusal(.notFound, "no profile has this name") }
    return try catalog.prepare(record).profile
  }
}

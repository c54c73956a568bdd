import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

/// A whole organization in a temporary folder: real keys, real authorities, a real SQLite store, and a clock to set.
public final class TestInstallation: Sendable {
  public let folder: String
  public let store: SQLiteStore
  public let roster: AuthorityRoster
  public let keys: FoundingKeys
  public let catalog: ProfileCatalog
  public let clock: SettableClock
  public let founded: Founded

  public var authorities: AuthoritySet { roster.current }
  public var organization: OrganizationID { authorities.organization.id }
  public var enrollment: EnrollmentService {
    EnrollmentService(
      store: store, roster: roster, catalog: catalog,
      reservedNames: ReservedNames([.dnsName("localhost"), .ipAddress([127, 0, 0, 1])]), clock: clock.now)
  }

  /// Founded as `init` does it.
  ///
  /// - Parameter issuing: where the issuing authorities' keys live; the sealed store when nil.
  public init(
    algorithm: KeyAlgorithm = .p256, isDemonstration: Bool = false, withLab: Bool = true,
    issuing: (any AuthorityKeys)? = nil, at start: Instant = Instant(seconds: 1_800_000_000)
  ) async throws {
    folder = FileManager.default.temporaryDirectory.path + "/touchmark-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var random = SystemRandomNumberGenerator()
    let organization = OrganizationRecord(
      id: OrganizationID(random: &random), name: "Example Works", createdAt: start, auditEpoch: 1)
    let addresses = Addresses(publicHTTP: "http://pki.example.com", isDemonstration: isDemonstration)
    store = try SQLiteStore(path: folder + "/touchmark.sqlite")
    keys = try Self.keys(folder: folder, organization: organization.id.rawValue, issuing: issuing)
    founded = try await Founding(
      plan: FoundingPlan(
        organization: organization, addresses: addresses, algorithm: algorithm, withLab: withLab, at: start,
        administrator: "Test Administrator"),
      keys: keys
    ).found(in: store)
    roster = AuthorityRoster(
      try await AuthoritySet.load(
        organization: organization.id, addresses: addresses, keys: keys.issuing, from: store))
    catalog = ProfileCatalog(roster: roster)
    clock = SettableClock(start)
  }

  private static func keys(
    folder: String, organization: String, issuing: (any AuthorityKeys)?
  ) throws -> FoundingKeys {
    func sealed(_ name: String) throws -> SealedKeyStore {
      try SealedKeyStore.create(
        directory: folder + "/" + name, organization: organization,
        secret: .machineLocal(SecretBytes(copying: [UInt8](repeating: 7, count: 32))))
    }
    return FoundingKeys(
      root: try sealed("root"), successor: try sealed("successor"), online: try sealed("keys"), issuing: issuing)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}

import Credentials
import KeyCustody
import Registry

extension AuthoritySet {
  /// Every authority whose key lies in the online store. Root and successor are not among them.
  ///
  /// - Throws: `Refusal` when a key is missing or does not belong to its certificate.
  public static func load(
    organization: OrganizationID, addresses: Addresses, keys: SealedKeyStore, from store: any Store
  ) async throws -> AuthoritySet {
    let (record, authorities) = try await store.read { reader in
      (try reader.organization(organization), try reader.authorities(in: organization))
    }
    guard let record else { throw Refusal(.notFound, "the store does not hold this organization") }
    var loaded: [Authority] = []
    for authority in authorities where authority.state == .active && authority.purpose != .root {
      loaded.append(try load(authority, under: authorities, keys: keys))
    }
    return AuthoritySet(organization: record, addresses: addresses, all: loaded)
  }

  private static func load(
    _ record: AuthorityRecord, under all: [AuthorityRecord], keys: SealedKeyStore
  ) throws -> Authority {
    let certificate = try Certificate(parsing: record.certificate)
    let signer = try keys.signer(named: record.keyName, purpose: "authority")
    guard certificate.publicKey == signer.publicKey else {
      throw Refusal(.unavailable, "the key of \(record.id) does not belong to its certificate")
    }
    guard let root = all.first(where: { $0.id == record.parent }) else {
      throw Refusal(.unavailable, "the root above \(record.id) is not in the store")
    }
    return Authority(
      record: record, certificate: certificate, signer: signer, chain: [record.certificate], root: root.certificate)
  }
}

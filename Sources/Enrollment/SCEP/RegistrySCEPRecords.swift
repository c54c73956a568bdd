import Credentials
import Issuance
import Registry
import WireFormats

/// What SCEP needs, from the registry of one organization.
public struct RegistrySCEPRecords: SCEPRecords {
  private let store: any Store
  private let organization: OrganizationID
  private let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    (self.store, self.organization, now) = (store, organization, clock)
  }

  public func certificate(issuer: DistinguishedName, serial: SerialNumber) async throws -> CertificateRecord? {
    let organization = organization
    return try await store.read { reader in
      let authorities = try reader.authorities(in: organization).filter { $0.subject == issuer.encoded }
      for authority in authorities {
        if let found = try reader.certificate(authority: authority.id, serial: serial, in: organization) {
          return found
        }
      }
      return nil
    }
  }

  public func certificate(fingerprint: [UInt8]) async throws -> CertificateRecord? {
    let organization = organization
    return try await store.read { try $0.certificate(fingerprint: fingerprint, in: organization) }
  }

  public func device(_ identifier: DeviceID) async throws -> DeviceRecord? {
    let organization = organization
    return try await store.read { try $0.device(identifier, in: organization) }
  }

  public func revocationList(issuer: DistinguishedName) async throws -> [UInt8]? {
    let organization = organization
    return try await store.read { reader in
      // An authority that was renewed has the name of the one before: the active one's list comes first.
      let authorities = try reader.authorities(in: organization).filter { $0.subject == issuer.encoded }
      let ordered = authorities.filter { $0.state == .active } + authorities.filter { $0.state != .active }
      for authority in ordered {
        if let list = try reader.revocationList(of: authority.id, in: organization) { return list.encoded }
      }
      return nil
    }
  }

  public func transaction(_ identifier: String) async throws -> [UInt8]? {
    let (organization, time) = (organization, now())
    return try await store.read { reader in
      try reader.protocolTransaction(
        door: Door.scep.rawValue, identifier: Array(identifier.utf8), now: time, in: organization)?.state
    }
  }

  public func remember(_ state: [UInt8], transaction identifier: String, until expiry: Instant) async throws {
    let (organization, time) = (organization, now())
    let transaction = ProtocolTransaction(
      door: Door.scep.rawValue, identifier: Array(identifier.utf8), state: state, createdAt: time, expiresAt: expiry)
    try await store.write { writer in
      // The same exchange said again: what it says now counts.
      try writer.deleteProtocolTransaction(
        door: transaction.door, identifier: transaction.identifier, in: organization)
      try writer.insert(transaction, now: time, in: organization)
    }
  }
}

import KeyCustody
import Registry
import WireFormats

/// Secrets that check a MAC, opened with the key in custody that sealed them.
public struct MACSecrets: SecretOpening {
  private let store: any Store
  private let organization: OrganizationID
  private let sealing: SecretSealing
  private let now: Clock

  public init(store: any Store, organization: OrganizationID, sealing: SecretSealing, clock: @escaping Clock) {
    (self.store, self.organization, self.sealing) = (store, organization, sealing)
    now = clock
  }

  public func secrets(named name: String) async throws(Refusal) -> [[UInt8]] {
    guard name.utf8.count <= 128 else { return [] }
    let sealed = try await sealed(named: name)
    var opened: [[UInt8]] = []
    for secret in sealed { opened.append(try sealing.open(secret)) }
    return opened
  }

  private func sealed(named name: String) async throws(Refusal) -> [SealedSecret] {
    let time = now()
    do {
      return try await store.read { [organization] reader in
        var found: [SealedSecret] = []
        if let grantName = GrantName(rawValue: name), let grant = try reader.grant(grantName, in: organization),
          grant.revokedAt == nil, time < grant.expiresAt, let octets = grant.sealed
        {
          found.append(SealedSecret(owner: .grant(grant.name), octets: octets))
        }
        for device in try reader.devices(serial: name, in: organization) {
          for secret in try reader.enrollmentSecrets(of: device.id, in: organization)
          where secret.voidedAt == nil && time < secret.expiresAt {
            guard let octets = secret.sealed else { continue }
            found.append(SealedSecret(owner: .device(device.id), octets: octets))
          }
        }
        return found
      }
    } catch {
      throw Refusal.from(error)
    }
  }
}

/// A secret as it lies in the store.
struct SealedSecret: Sendable {
  let owner: SecretSealing.Owner
  let octets: [UInt8]
}

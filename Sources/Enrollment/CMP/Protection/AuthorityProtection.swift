import Credentials
import Issuance
import Registry

/// The server's signature by the authority that a message is about: that of the profile's certificates, else that of
/// operational ones.
public struct AuthorityProtection: MessageProtecting {
  private let keys: MessageProtectionKeys
  private let generatedKeys: MessageProtectionKeys
  private let roster: AuthorityRoster
  private let profiles: ProfileLookup

  public init(roster: AuthorityRoster, store: any Store, profiles: ProfileLookup, clock: @escaping Clock) {
    (self.roster, self.profiles) = (roster, profiles)
    keys = MessageProtectionKeys(.messages, roster: roster, store: store, clock: clock)
    generatedKeys = MessageProtectionKeys(.generatedKeys, roster: roster, store: store, clock: clock)
  }

  public func credential(label: ProfileName?) async throws(Refusal) -> ProtectionCredential {
    let authority = try await authority(label)
    let held = try await keys.key(for: authority)
    return ProtectionCredential(
      certificate: held.certificate, chain: authority.chain, algorithm: held.algorithm,
      sign: { message throws(Refusal) in try await held.sign(message) })
  }

  /// Who signs keys that are made here for devices.
  public func keySigning(label: ProfileName?) async throws(Refusal) -> KeyPackageSigning {
    let authority = try await authority(label)
    let held = try await generatedKeys.key(for: authority)
    return KeyPackageSigning(
      certificates: [held.certificate.encoded] + authority.chain, algorithm: held.algorithm,
      sign: { message in try await held.sign(message) })
  }

  private func authority(_ label: ProfileName?) async throws(Refusal) -> Authority {
    let authorities = roster.current
    // An unknown profile is refused in a message, which somebody has to sign.
    let named = try? await profiles.profile(label)?.authority
    let names: [AuthorityName] = [named, .operational, .lab, .idevid].compactMap { $0 }
    for name in names {
      if let authority = authorities.active(name) { return authority }
    }
    throw Refusal(.unavailable, "no authority is here that signs messages")
  }
}

import Registry
import Synchronization
import WireFormats

/// Profiles prepared for use, by name and version: a cache that can be thrown away at any time.
public final class ProfileCatalog: Sendable {
  private struct Kept {
    let profile: PreparedProfile
    /// Of the authorities that it was prepared with.
    let generation: UInt64
  }

  private let roster: AuthorityRoster
  private let prepared = Mutex<[ProfileName: Kept]>([:])

  public init(roster: AuthorityRoster) { self.roster = roster }

  public convenience init(authorities: AuthoritySet) { self.init(roster: AuthorityRoster(authorities)) }

  /// How long an OCSP answer about a profile's certificates is valid; nil while the profile was not used here.
  public func ocspLifetime(of name: ProfileName) -> Span? {
    prepared.withLock { $0[name] }?.profile.profile.ocspLifetime
  }

  /// The profile at the version that the record states, parsed and prepared at most once for the authorities that there
  /// are.
  public func prepare(_ record: ProfileRecord) throws(Refusal) -> PreparedProfile {
    let (authorities, generation) = roster.numbered
    if let known = prepared.withLock({ $0[record.name] }), known.generation == generation,
      known.profile.profile.version == record.version
    {
      return known.profile
    }
    var profile: Profile
    do {
      profile = try ProfileDocument.parse(record.document)
    } catch {
      throw Refusal(.unavailable, "profile \(record.name) cannot be read", detail: "\(error)")
    }
    profile.version = record.version
    let fresh = try PreparedProfile(profile: profile, authorities: authorities)
    prepared.withLock { $0[record.name] = Kept(profile: fresh, generation: generation) }
    return fresh
  }
}

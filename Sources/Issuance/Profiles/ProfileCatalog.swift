import Registry
import Synchronization
import WireFormats

/// Profiles prepared for use, by name and version: a cache that can be thrown away at any time.
public final class ProfileCatalog: Sendable {
  private let authorities: AuthoritySet
  private let prepared = Mutex<[ProfileName: PreparedProfile]>([:])

  public init(authorities: AuthoritySet) { self.authorities = authorities }

  /// How long an OCSP answer about a profile's certificates is valid; nil while the profile was not used here.
  public func ocspLifetime(of name: ProfileName) -> Span? {
    prepared.withLock { $0[name] }?.profile.ocspLifetime
  }

  /// The profile at the version that the record states, parsed and prepared at most once.
  public func prepare(_ record: ProfileRecord) throws(Refusal) -> PreparedProfile {
    if let known = prepared.withLock({ $0[record.name] }), known.profile.version == record.version { return known }
    var profile: Profile
    do {
      profile = try ProfileDocument.parse(record.document)
    } catch {
      throw Refusal(.unavailable, "profile \(record.name) cannot be read", detail: "\(error)")
    }
    profile.version = record.version
    let fresh = try PreparedProfile(profile: profile, authorities: authorities)
    prepared.withLock { $0[record.name] = fresh }
    return fresh
  }
}

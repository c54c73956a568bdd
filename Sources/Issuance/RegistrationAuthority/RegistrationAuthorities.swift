import Credentials
import KeyCustody
import Registry
import WireFormats

/// Makes a registration authority's key and certificate under each authority that a profile with the door `scep` issues
/// from, and replaces the certificate in time.
///
/// The key is sealed in custody and stays the same for the authority's life, so that what a client encrypted to an
/// earlier certificate still opens. Another process finds the key in custody and the certificate in the store.
public actor RegistrationAuthorities {
  /// What the key is sealed for.
  public static let keyPurpose = "registration-authority"

  private let store: any Store
  private let roster: AuthorityRoster
  private let catalog: ProfileCatalog
  private let keys: SealedKeyStore
  private let now: Clock
  private var held: [AuthorityID: RegistrationAuthority] = [:]
  private var pending: [AuthorityID: Task<RegistrationAuthority, any Error>] = [:]

  public init(
    store: any Store, roster: AuthorityRoster, catalog: ProfileCatalog, keys: SealedKeyStore, clock: @escaping Clock
  ) {
    (self.store, self.roster, self.catalog, self.keys, now) = (store, roster, catalog, keys, clock)
  }

  /// The one for a profile's authority.
  ///
  /// - Throws: `notFound` for a profile that is not there or has no SCEP, in the same words.
  public func registrationAuthority(of profile: ProfileName) async throws(Refusal) -> RegistrationAuthority {
    try await current(under: try await authority(of: profile))
  }

  /// The root that waits to follow the one that a profile's certificates hang on, and what leads there from it
  /// (RFC 9810 §4.4, NewWithOld), DER; empty when none waits. An issuing authority is never ahead of its time: it issues
  /// from the moment that it is made (decision 0052).
  public func nextAuthorities(of profile: ProfileName) async throws(Refusal) -> [[UInt8]] {
    let root = try await authority(of: profile).root
    let authorities = roster.current
    let time = now()
    guard let current = authorities.records.first(where: { $0.certificate == root }) else { return [] }
    for road in authorities.rollover
    where road.kind == .newWithOld && road.issuer == current.id && time <= road.notAfter {
      let next = authorities.records.first { $0.id == road.subject && $0.state == .standby && $0.revokedAt == nil }
      if let next { return [next.certificate, road.certificate] }
    }
    return []
  }

  private func authority(of profile: ProfileName) async throws(Refusal) -> Authority {
    let organization = roster.current.organization.id
    let record: ProfileRecord?
    do { record = try await store.read { try $0.profile(profile, in: organization) } } catch {
      throw Refusal.from(error)
    }
    guard let record else { throw Self.notOffered }
    let prepared = try catalog.prepare(record)
    guard prepared.profile.doors.contains(.scep) else { throw Self.notOffered }
    return prepared.authority
  }

  private static let notOffered = Refusal(
    .notFound, "there is no such profile over SCEP", hint: "a profile opens it with scep among its protocols")

  /// Obtains, for every profile with SCEP, what clients will ask for: a key of RSA takes its time. What fails is tried
  /// again when it is asked for.
  public func prepare() async {
    let organization = roster.current.organization.id
    let names = try? await store.read { try $0.profiles(in: organization).map(\.name) }
    for name in names ?? [] { _ = try? await registrationAuthority(of: name) }
  }

  private func current(under authority: Authority) async throws(Refusal) -> RegistrationAuthority {
    let id = authority.record.id
    if let current = held[id], !Self.isDue(current.certificate, under: authority, at: now()) { return current }
    do {
      return try await (pending[id] ?? renewal(under: authority)).value
    } catch {
      if let current = held[id], now() < current.certificate.notAfter { return current }
      throw Refusal.from(error)
    }
  }

  /// With a third of its life left, unless it ends with its authority.
  private static func isDue(_ certificate: Certificate, under authority: Authority, at now: Instant) -> Bool {
    let third = Span(milliseconds: (certificate.notAfter - certificate.notBefore).milliseconds / 3)
    return now + third > certificate.notAfter
      && (now >= certificate.notAfter || certificate.notAfter < authority.certificate.notAfter)
  }

  private func renewal(under authority: Authority) -> Task<RegistrationAuthority, any Error> {
    let task = Task { try await self.renew(under: authority) }
    pending[authority.record.id] = task
    return task
  }

  private func renew(under authority: Authority) async throws -> RegistrationAuthority {
    let id = authority.record.id
    defer { pending[id] = nil }
    let signer = try await key(of: id)
    var certificates = try await recorded(signer.publicKey, under: id)
    if certificates.last.map({ Self.isDue($0, under: authority, at: now()) }) ?? true {
      certificates.append(try await certify(signer.publicKey, under: authority))
    }
    guard let current = RegistrationAuthority(certificates: certificates, signer: signer) else {
      throw Refusal(.unavailable, "the registration authority's key is not one that opens messages")
    }
    held[id] = current
    return current
  }

  private func key(of authority: AuthorityID) async throws(CustodyError) -> SoftwareKey {
    let name = "scep-\(authority.rawValue)"
    if keys.names().contains(name) { return try keys.signer(named: name, purpose: Self.keyPurpose) }
    do {
      return try await keys.generated(name: name, purpose: Self.keyPurpose, algorithm: .rsa2048)
    } catch .alreadyExists {
      // Another process was faster.
      return try keys.signer(named: name, purpose: Self.keyPurpose)
    }
  }

  /// In the order of their ends.
  private func recorded(_ key: SubjectPublicKeyInfo, under authority: AuthorityID) async throws -> [Certificate] {
    let organization = roster.current.organization.id
    let time = now()
    let records = try await store.read { try $0.certificates(keyHash: key.keyHash, in: organization) }
    return records.filter { $0.authority == authority && $0.status == .good && time < $0.notAfter }
      .compactMap { try? Certificate(parsing: $0.encoded) }.sorted { $0.notAfter < $1.notAfter }
  }

  private func certify(_ key: SubjectPublicKeyInfo, under authority: Authority) async throws -> Certificate {
    let certificate = try await InstallationCertificates(
      authority: authority, addresses: roster.current.addresses
    ).registrationAuthority(publicKey: key, at: now())
    try await store.write { try certificate.record(in: $0, door: .scep) }
    return try Certificate(parsing: certificate.encoded)
  }
}

import Credentials
import Registry
import WireFormats

/// Brings administrators, operators, stations and auditors in, and sees them out. Each has a certificate of the
/// installation's own authority, and is its record and nothing else.
public struct AdministratorAppointment: Sendable {
  let administration: Administration
  let roster: AuthorityRoster

  public init(administration: Administration, roster: AuthorityRoster) {
    self.administration = administration
    self.roster = roster
  }

  /// Issues a certificate for the key and records its holder. Doing it again for the same person gives a further
  /// certificate, beside the one that ends: that is how an administrator renews.
  ///
  /// - Parameter act: `admin.add`, or `admin.recover` on the machine itself.
  public func add(
    _ terms: AdministratorTerms, publicKey: SubjectPublicKeyInfo, as act: String = "admin.add", by actor: Actor,
    through door: Door
  ) async throws(Refusal) -> AppointedAdministrator {
    let authorities = roster.current
    guard let authority = authorities.active(.installation) else {
      throw Refusal(.unavailable, "the installation authority's key is not in this process")
    }
    try terms.validate()
    let certificate = try await InstallationCertificates(authority: authority, addresses: authorities.addresses)
      .administrator(
        terms.name, isRegistrationAuthority: terms.role == .registrationAuthority, publicKey: publicKey,
        at: administration.now())
    let record = try await administration.perform(
      Self.recording(terms, certificate, keyHash: publicKey.keyHash, as: act), by: actor, through: door)
    return AppointedAdministrator(
      record: record, certificate: certificate.encoded, chain: authority.chain, notAfter: certificate.notAfter)
  }

  private static func recording(
    _ terms: AdministratorTerms, _ certificate: InstallationCertificate, keyHash: [UInt8], as act: String
  ) -> AdministrativeAct<AdministratorRecord> {
    AdministrativeAct(act, on: "admin:\(terms.name)") { context in
      var profiles: [ProfileName] = []
      for name in terms.profiles { profiles.append(try DeviceService.profile(named: name, in: context)) }
      try checkRole(of: terms, in: context)
      try checkKey(keyHash, of: certificate, in: context)
      let record = AdministratorRecord(
        fingerprint: certificate.fingerprint, organization: context.organization, name: terms.name,
        role: terms.role, profiles: profiles, lot: terms.lot, uses: terms.uses, certificate: certificate.serial,
        addedAt: context.now, addedBy: context.actor.name)
      try certificate.record(in: context.writer, door: context.door)
      try context.writer.insert(record)
      try context.record(act, subject: record.auditSubject, details: record.details)
      return record
    }
  }

  /// One name, one role: the log says who did something by name.
  private static func checkRole(of terms: AdministratorTerms, in context: ActContext) throws {
    let present = try context.writer.administrators(in: context.organization)
      .filter { $0.name == terms.name && $0.removedAt == nil }
    guard let other = present.first(where: { $0.role != terms.role }) else { return }
    throw Refusal(
      .conflict, "\(terms.name) has the role \(other.role.rawValue)",
      hint: "choose another name, or end that first: touchmark admin remove NAME")
  }

  /// TRUST.md, Subjects: a key that is certified for another subject, or was compromised, is refused.
  private static func checkKey(
    _ keyHash: [UInt8], of certificate: InstallationCertificate, in context: ActContext
  ) throws {
    for other in try context.writer.certificates(keyHash: keyHash, in: context.organization) {
      guard other.reason != .keyCompromise else { throw Refusal(.keyReuse, "this key was revoked as compromised") }
      guard other.isSameSubject(as: certificate) else {
        throw Refusal(.keyReuse, "this key is certified for another subject")
      }
    }
  }
}

/// An administrator with the certificate that was just made.
public struct AppointedAdministrator: Sendable {
  public let record: AdministratorRecord
  /// DER.
  public let certificate: [UInt8]
  /// The installation authority and those above it without the root, DER.
  public let chain: [[UInt8]]
  public let notAfter: Instant
}

extension AdministratorRecord {
  /// The subject of its audit entries.
  public var auditSubject: String { "admin:\(name)" }

  var details: [String: String] {
    var details = ["role": role.rawValue, "fingerprint": Hex.encode(fingerprint), "serial_number": "\(certificate)"]
    details["lot"] = lot
    details["uses"] = uses.map { "\($0)" }
    if !profiles.isEmpty { details["profiles"] = profiles.map(\.rawValue).joined(separator: " ") }
    return details
  }
}

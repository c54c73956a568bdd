import Registry
import WireFormats

/// Acts on grants, each a value that `Administration` runs.
public struct GrantService: Sendable {
  /// No grant lives longer.
  static let longestLifetime = Span.days(365)
  /// No grant lets in more.
  static let mostUses = 10_000_000
  /// None lists more serials: they are read at each of its enrollments.
  public static let mostListed = 1000

  /// Seals the secrets that a door must know; nil where none is made.
  let sealing: SecretSealing?

  public init(sealing: SecretSealing? = nil) { self.sealing = sealing }

  /// Makes a grant with a fresh name and a secret that is shown this once.
  public func add(_ terms: GrantTerms) -> AdministrativeAct<GivenGrant> {
    AdministrativeAct("grant.add", on: "profile:\(terms.profile)") { context in
      try terms.validate()
      let profile = try DeviceService.profile(named: terms.profile, in: context)
      if let station = terms.station { try checkStation(station, enrollsFor: profile, in: context) }
      let secret = EnrollmentSecret()
      let name = try Self.freeName(in: context)
      let grant = GrantRecord(
        name: name, organization: context.organization, secretHash: secret.hash,
        profile: profile, uses: terms.uses, lot: terms.lot, serialsFrom: terms.serials?.from,
        serialsTo: terms.serials?.to, serials: terms.listed, station: terms.station,
        expiresAt: context.now + terms.lifetime, createdAt: context.now, createdBy: context.actor.name,
        sealed: terms.forMAC ? try sealing.sealed(secret, of: .grant(name)) : nil)
      try context.writer.insert(grant)
      try context.record("grant.add", subject: grant.auditSubject, details: Self.details(of: grant))
      return GivenGrant(grant: grant, secret: secret)
    }
  }

  /// A grant for a station that is not there, or may not use it, would let nobody in.
  private func checkStation(
    _ name: String, enrollsFor profile: ProfileName, in context: ActContext
  ) throws {
    let standing = try context.writer.administrators(in: context.organization)
      .filter { $0.name == name && $0.role == .station && $0.removedAt == nil }
    guard !standing.isEmpty else {
      throw Refusal(.notFound, "no station has this name", hint: "touchmark admin list")
    }
    guard standing.contains(where: { $0.profiles.contains(profile) }) else {
      throw Refusal(.conflict, "the station \(name) does not enroll for profile \(profile)")
    }
  }

  /// Closes a grant; what was issued under it stays. Closing it again changes nothing and is refused as such.
  public func revoke(_ name: String, reason: String? = nil) -> AdministrativeAct<GrantRecord> {
    AdministrativeAct("grant.revoke", on: "grant:\(name)") { context in
      try RecordText.checkReason(reason)
      let grant = try Self.close(
        try Self.find(name, in: context.organization, of: context.writer).name, in: context)
      try context.record(
        "grant.revoke", subject: grant.auditSubject, reason: reason, details: ["issued": "\(grant.issued)"])
      return try Self.find(name, in: context.organization, of: context.writer)
    }
  }

  /// Without the audit entry, which one act on many grants writes for all of them. A refusal has written nothing.
  static func close(_ name: GrantName, in context: ActContext) throws -> GrantRecord {
    guard let grant = try context.writer.grant(name, in: context.organization) else {
      throw Refusal(.notFound, "no grant has this name")
    }
    guard grant.revokedAt == nil else { throw Refusal(.conflict, "the grant is revoked already") }
    try context.writer.revokeGrant(name, at: context.now, in: context.organization)
    return grant
  }

  /// Opens a grant that a restore closed.
  ///
  /// - Parameter lost: how many devices it let in that the restored store does not know of; they count as issued. Nil
  ///   takes as many as the log is known to have lost entries, which is never too few, and is refused where no
  ///   checkpoint told.
  public func reopen(_ name: String, lost: Int? = nil, reason: String? = nil) -> AdministrativeAct<GrantRecord> {
    AdministrativeAct("grant.reopen", on: "grant:\(name)") { context in
      try RecordText.checkReason(reason)
      let grant = try Self.find(name, in: context.organization, of: context.writer)
      guard grant.revokedAt == nil else { throw Refusal(.conflict, "the grant is revoked") }
      guard grant.closedAt != nil else { throw Refusal(.conflict, "the grant is open") }
      let counted = min(try lost ?? Self.mostLost(in: context), grant.uses - grant.issued)
      guard counted >= 0 else { throw Refusal(.badRequest, "lost uses are counted from 0 up") }
      try context.writer.reopenGrant(grant.name, countingLost: counted, in: context.organization)
      try context.record(
        "grant.reopen", subject: grant.auditSubject, reason: reason,
        details: ["counted_as_lost": "\(counted)", "issued": "\(grant.issued + counted)", "uses": "\(grant.uses)"])
      return try Self.find(name, in: context.organization, of: context.writer)
    }
  }

  /// Each issue is an entry of the log: no grant can have issued more than there were.
  private static func mostLost(in context: ActContext) throws -> Int {
    guard let epoch = try context.writer.currentAuditEpoch(in: context.organization), let lost = epoch.entriesLost
    else {
      throw Refusal(
        .badRequest, "nothing tells how many uses the restore lost: say how many devices were let in since the backup",
        hint: "touchmark grant reopen NAME --lost COUNT")
    }
    return Int(clamping: lost)
  }

  /// Throws `Refusal` `notFound`.
  public static func find(
    _ name: String, in organization: OrganizationID, of reader: some GrantReading
  ) throws -> GrantRecord {
    guard let name = GrantName(rawValue: name), let grant = try reader.grant(name, in: organization) else {
      throw Refusal(.notFound, "no grant has this name")
    }
    return grant
  }

  /// A name that neither a grant nor a device has: doors tell the two apart by the user name alone.
  private static func freeName(in context: ActContext) throws -> GrantName {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<8 {
      let name = GrantName(random: &random)
      guard try context.writer.grant(name, in: context.organization) == nil,
        try context.writer.devices(serial: name.rawValue, in: context.organization).isEmpty
      else { continue }
      return name
    }
    throw Refusal(.unavailable, "no free name was found for the grant", detail: "eight of 50 random bits were taken")
  }

  private static func details(of grant: GrantRecord) -> [String: String] {
    var details = [
      "profile": grant.profile.rawValue, "uses": "\(grant.uses)", "expires": "\(grant.expiresAt)",
    ]
    details["lot"] = grant.lot
    if grant.sealed != nil { details["secret_for"] = "mac" }
    details["station"] = grant.station
    if let from = grant.serialsFrom, let to = grant.serialsTo { details["serials"] = "\(from)..\(to)" }
    if !grant.serials.isEmpty { details["listed_serials"] = "\(grant.serials.count)" }
    return details
  }
}

/// A grant with the secret that is shown this once.
public struct GivenGrant: Sendable {
  public let grant: GrantRecord
  public let secret: EnrollmentSecret
}

extension GrantRecord {
  /// The subject of its audit entries.
  public var auditSubject: String { "grant:\(name.rawValue)" }
}

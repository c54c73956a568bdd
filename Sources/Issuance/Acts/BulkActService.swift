import Registry
import WireFormats

/// Acts on many: chosen once, confirmed, then done in parts by whichever process serves.
public struct BulkActService: Sendable {
  /// Members of one act: choosing them holds the writer for a few seconds at most.
  public static let mostMembers = 1_000_000
  /// An act that nobody started is forgotten after this.
  static let preparedFor = Span.hours(1)

  public init() {}

  /// Chooses the members, and does nothing to them unless `start`.
  public func prepare(
    _ act: BulkAct, where selection: Selection, start: Bool
  ) -> AdministrativeAct<BulkActRecord> {
    AdministrativeAct(act.name, on: "selection:\(selection.text.prefix(200))") { context in
      try act.validate(in: context)
      try context.writer.deleteBulkActs(preparedBefore: context.now - Self.preparedFor, in: context.organization)
      var random = SystemRandomNumberGenerator()
      var record = BulkActRecord(
        id: BulkActID(random: &random), organization: context.organization, act: act.name, selection: selection.text,
        parameters: act.parameters, createdAt: context.now, actorName: context.actor.name,
        actorRole: context.actor.role, actorFingerprint: context.actor.fingerprint)
      try context.writer.insert(record)
      (record.members, record.membersDigest) = try Self.choose(record.id, act.subject, selection, in: context)
      guard record.members <= Self.mostMembers else {
        throw Refusal(
          .badRequest, "more than \(Self.mostMembers) are selected", hint: "narrow the selection, and act in parts")
      }
      try context.writer.update(record)
      return start ? try Self.start(record, in: context) : record
    }
  }

  private static func choose(
    _ id: BulkActID, _ subject: Selection.Subject, _ selection: Selection, in context: ActContext
  ) throws -> (members: Int, digest: [UInt8]) {
    switch subject {
    case .certificates:
      try context.writer.choose(
        certificates: CertificateFilter(selection: selection), upTo: mostMembers, for: id, in: context.organization)
    case .grants:
      try context.writer.choose(grants: selection, upTo: mostMembers, for: id, in: context.organization)
    case .entries: throw Refusal(.badRequest, "nothing is done to entries of the log")
    case .requests:
      try context.writer.choose(
        requests: selection, upTo: mostMembers, for: id, at: context.now, in: context.organization)
    case .devices:
      try context.writer.choose(
        devices: DeviceFilter(selection: selection), upTo: mostMembers, for: id, in: context.organization)
    }
  }

  /// Starts what was prepared. One that runs or is done stays as it is, so that starting again is harmless.
  public func start(_ id: String) -> AdministrativeAct<BulkActRecord> {
    AdministrativeAct("act.start", on: "act:\(id)") { context in
      let record = try Self.find(id, in: context.organization, of: context.writer)
      guard record.state == .prepared else { return record }
      guard context.now - record.createdAt <= Self.preparedFor else {
        throw Refusal(.expired, "the act was prepared too long ago", hint: "prepare it again")
      }
      return try Self.start(record, in: context)
    }
  }

  /// The one entry in the log: the members are named by their digest, and kept beside the act.
  private static func start(_ prepared: BulkActRecord, in context: ActContext) throws -> BulkActRecord {
    var record = prepared
    (record.state, record.startedAt) = (.running, context.now)
    (record.actorName, record.actorRole) = (context.actor.name, context.actor.role)
    record.actorFingerprint = context.actor.fingerprint
    try context.writer.update(record)
    var details = record.parameters
    details["reason"] = nil
    details["where"] = record.selection
    details["members"] = "\(record.members)"
    details["members_sha256"] = Hex.encode(record.membersDigest)
    details["verifiers_accept"] = try accepted(record, in: context)
    try context.record(
      record.act, subject: "act:\(record.id)", reason: record.parameters["reason"], details: details)
    return record
  }

  /// What cannot be held or revoked (RFC 9608), as one entry on one device says it; nil where nothing is.
  private static func accepted(_ record: BulkActRecord, in context: ActContext) throws -> String? {
    let touched: Set<CertificateRecord.Status>
    switch BulkAct(record) {
    case .suspend: touched = [.good]
    case .retire, .revoke: touched = [.good, .held]
    case .resume, .move, .label, .readmit, .invite, .revokeGrants, .approve, .deny, nil: return nil
    }
    let found = try context.writer.unannounced(
      of: record.id, among: touched, marker: CertificateRecord.noRevAvail, at: context.now, in: context.organization)
    guard let until = found.until else { return nil }
    return "\(found.certificates) certificate\(found.certificates == 1 ? "" : "s") until \(until)"
  }

  /// Throws `Refusal` `notFound`.
  public static func find(
    _ id: String, in organization: OrganizationID, of reader: any StoreReader
  ) throws -> BulkActRecord {
    guard let id = BulkActID(rawValue: id), let record = try reader.bulkAct(id, in: organization) else {
      throw Refusal(.notFound, "no act has this identifier")
    }
    return record
  }
}

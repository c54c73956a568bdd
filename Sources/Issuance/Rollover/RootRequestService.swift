import Credentials
import KeyCustody
import Registry
import WireFormats

/// Asks a root for what only it can sign, and installs what it answered, while the installation serves.
public struct RootRequestService: Sendable {
  let administration: Administration
  let roster: AuthorityRoster
  let keys: SealedKeyStore
  let authorityKeys: any AuthorityKeys
  /// Whether keys that are renewed are gone for good: they are asked for nothing.
  let isKeyLost: Bool

  var store: any Store { administration.store }
  var organization: OrganizationID { administration.organization }

  /// - Parameters:
  ///   - authorityKeys: where authorities' keys live; the sealed store alone when nil.
  ///   - isKeyLost: whether authorities are renewed because their keys are gone for good.
  public init(
    store: any Store, roster: AuthorityRoster, keys: SealedKeyStore, authorityKeys: (any AuthorityKeys)? = nil,
    isKeyLost: Bool = false, clock: @escaping Clock
  ) {
    self.isKeyLost = isKeyLost
    administration = Administration(store: store, organization: roster.current.organization.id, clock: clock)
    self.roster = roster
    self.keys = keys
    self.authorityKeys = authorityKeys ?? keys
  }

  /// How far ahead a root's list is made: `serve` never opens the root.
  public static let listLifetime = Founding.rootListLifetime

  /// Reasons for which an authority is revoked (RFC 5280 §5.3.1).
  public static let reasons: [RevocationReason] = [
    .unspecified, .keyCompromise, .cACompromise, .superseded, .cessationOfOperation, .privilegeWithdrawn,
  ]

  /// What is asked, before it is signed and recorded.
  struct Question {
    let act: RootRequest.Act
    let subject: AuthorityID
    var reason: RevocationReason?
    var addition: RootRequest.Addition?
    let tasks: [RootTask]
  }

  /// A new key for an issuing authority, under its old name.
  ///
  /// - Parameter token: the URI of a token that the new key is made on; nil makes it where the old one lives.
  public func renew(
    _ id: AuthorityID, onto token: String? = nil, by actor: Actor, through door: Door
  ) async throws(Refusal) -> RootRequestRecord {
    try await ask(about: id, by: actor, through: door) { view in try await renewal(of: id, onto: token, in: view) }
  }

  /// Puts an authority on its root's list. One that still issues is renewed first.
  public func revoke(
    _ id: AuthorityID, reason: RevocationReason, by actor: Actor, through door: Door
  ) async throws(Refusal) -> RootRequestRecord {
    try await ask(about: id, by: actor, through: door) { view in try await revocation(of: id, reason, in: view) }
  }

  /// A root's list, made ahead.
  public func list(
    of root: AuthorityID, lifetime: Span = listLifetime, by actor: Actor, through door: Door
  ) async throws(Refusal) -> RootRequestRecord {
    try await ask(about: root, by: actor, through: door) { view in
      let record = try view.record(root)
      guard record.purpose != .foreign else {
        throw Refusal(.conflict, "\(root) is somebody else's, who publishes its lists")
      }
      guard !record.purpose.isIssuing else {
        throw Refusal(.conflict, "\(root) is no root: its lists are published by this server")
      }
      guard lifetime > .seconds(0), lifetime <= .days(3650) else {
        throw Refusal(.badRequest, "a root's list is made for up to ten years")
      }
      return Question(act: .publishList, subject: root, tasks: [try await list(of: record, in: view, lifetime)])
    }
  }

  /// Makes the successor the root: the issuing authorities keep their keys and get certificates under it, and a new
  /// successor is made.
  ///
  /// - Parameter isCompromised: the old root's key is in the wrong hands. Nothing is said in its favor any more; the
  ///   road away from it stays.
  public func succeed(
    to successor: AuthorityID? = nil, isCompromised: Bool, by actor: Actor, through door: Door
  ) async throws(Refusal) -> RootRequestRecord {
    var waiting = successor
    if waiting == nil {
      do { waiting = try await view().successor().id } catch { throw Refusal.from(error) }
    }
    guard let id = waiting else { throw Refusal(.conflict, "this organization has no successor root that waits") }
    return try await ask(about: id, by: actor, through: door) { view in
      guard try view.record(id).id == view.successor().id else {
        throw Refusal(.conflict, "\(id) is not the root that waits", hint: "it is \(try view.successor().id)")
      }
      return try await succession(isCompromised: isCompromised, in: view)
    }
  }

  /// Asks for approvers' leave to seal a root's key into a file. No root signs anything.
  public func export(
    of root: AuthorityID, by actor: Actor, through door: Door
  ) async throws(Refusal) -> RootRequestRecord {
    try await ask(about: root, by: actor, through: door) { view in
      guard try !view.record(root).purpose.isIssuing else { throw Refusal(.conflict, "\(root) is no root") }
      return Question(act: .exportRoot, subject: root, tasks: [])
    }
  }

  func view() async throws -> RolloverView {
    let organization = organization
    return try await store.read { try RolloverView($0, of: organization) }
  }

  func ask(
    about id: AuthorityID, by actor: Actor, through door: Door, _ prepare: (RolloverView) async throws -> Question
  ) async throws(Refusal) -> RootRequestRecord {
    let record: RootRequestRecord
    do {
      let view = try await view()
      record = try await self.record(of: try await prepare(view), in: view, by: actor)
    } catch {
      let refusal = Refusal.from(error)
      await administration.recordRefusal(refusal, of: "root.ask", on: "authority:\(id)", by: actor, through: door)
      throw refusal
    }
    return try await administration.perform(Self.asking(record, about: id), by: actor, through: door)
  }

  private func record(of question: Question, in view: RolloverView, by actor: Actor) async throws -> RootRequestRecord {
    var random = SystemRandomNumberGenerator()
    let now = administration.now().wholeSecond
    let organization = organization
    let approvers = try await store.read { try RootApproval.documentNotes($0, organization) }
    let request = RootRequest(
      id: RootRequestID(random: &random), organization: organization, name: view.organization.name, act: question.act,
      subject: question.subject, reason: question.reason, addition: question.addition,
      askedBy: "\(actor.role.rawValue):\(actor.name)", askedAt: now, expiresAt: now + RootRequest.lifetime,
      address: roster.current.addresses.publicHTTP, tasks: question.tasks, approvers: approvers)
    // What cannot be read back could never be answered.
    _ = try RootRequest(text: request.text)
    let signing = try await RequestSigning(keys: keys, organization: organization)
    return RootRequestRecord(
      id: request.id, organization: organization, act: request.act.rawValue, note: try signing.note(of: request),
      createdAt: now, createdBy: actor.name, expiresAt: request.expiresAt)
  }

  private static func asking(
    _ record: RootRequestRecord, about id: AuthorityID
  ) -> AdministrativeAct<RootRequestRecord> {
    AdministrativeAct("root.ask", on: "authority:\(id)") { context in
      try context.writer.insert(record)
      try context.record(
        "root.ask", subject: "authority:\(id)",
        details: ["request": record.id.rawValue, "act": record.act, "expires": "\(record.expiresAt)"])
      return record
    }
  }
}

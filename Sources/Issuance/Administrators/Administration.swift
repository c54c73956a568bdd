import AuditLog
import Registry
import WireFormats

/// Runs administrative acts on one organization's records.
public struct Administration: Sendable {
  public let store: any Store
  public let organization: OrganizationID
  public let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    self.store = store
    self.organization = organization
    now = clock
  }

  /// Runs the act in a transaction of the caller's, who may put more into it. Throws `Refusal` or `StoreError`; either
  /// must leave the transaction, so that nothing of the act stays. An actor who is no administrator any more is refused.
  public func apply<Outcome>(
    _ act: AdministrativeAct<Outcome>, by actor: Actor, through door: Door, in writer: any StoreWriter
  ) throws -> Outcome {
    let time = now()
    try actor.checkStanding(in: writer, of: organization, at: time)
    return try act.perform(
      ActContext(writer: writer, organization: organization, actor: actor, door: door, now: time))
  }

  /// Runs the act in a transaction of its own. A refusal is in the log before it is thrown.
  public func perform<Outcome>(
    _ act: AdministrativeAct<Outcome>, by actor: Actor, through door: Door
  ) async throws(Refusal) -> Outcome {
    do {
      return try await store.write { try apply(act, by: actor, through: door, in: $0) }
    } catch {
      let refusal = Refusal.from(error)
      await recordRefusal(refusal, of: act.name, on: act.subject, by: actor, through: door)
      throw refusal
    }
  }

  /// Writes down what was not done, and why. A store that cannot be written loses this entry and nothing else: the
  /// refused act has left no trace to explain.
  public func recordRefusal(
    _ refusal: Refusal, of act: String, on subject: String, by actor: Actor, through door: Door
  ) async {
    guard refusal.code != .unavailable else { return }
    var details = ["code": refusal.code.rawValue]
    details["rule"] = refusal.rule
    let entry = actor.entry(
      act, subject: subject, outcome: "refused", reason: refusal.reason, details: details, door: door, at: now())
    try? await store.write { [organization] in try $0.append(entry, in: organization) }
  }
}

extension Administration {
  /// Writes down an act that is no change of records, such as a CRL published.
  public func record(
    _ act: String, on subject: String, details: [String: String], by actor: Actor, through door: Door
  ) async throws {
    let entry = actor.entry(
      act, subject: subject, outcome: "ok", reason: nil, details: details, door: door, at: now())
    try await store.write { [organization] in try $0.append(entry, in: organization) }
  }
}

import AuditLog
import Registry
import WireFormats

/// Something that an administrator asks for, as a value: what it does to the store and the entries that the audit log
/// keeps of it.
///
/// It runs inside one store transaction, so that the act, its entry and whatever the caller adds (the kept answer of a
/// repeated request) are durable together or not at all.
public struct AdministrativeAct<Outcome: Sendable>: Sendable {
  /// `noun.verb`, as the audit log names it.
  public let name: String
  /// What it is about, as it was asked: for the entry of a refusal.
  public let subject: String
  let perform: @Sendable (ActContext) throws -> Outcome

  package init(_ name: String, on subject: String, perform: @Sendable @escaping (ActContext) throws -> Outcome) {
    self.name = name
    self.subject = subject
    self.perform = perform
  }
}

/// What an act runs with. Valid only within its transaction.
package struct ActContext {
  package let writer: any StoreWriter
  package let organization: OrganizationID
  package let actor: Actor
  let door: Door
  package let now: Instant

  /// Appends the entry of something done.
  package func record(_ act: String, subject: String, reason: String? = nil, details: [String: String] = [:]) throws {
    let entry = actor.entry(
      act, subject: subject, outcome: "ok", reason: reason, details: details, door: door, at: now)
    try writer.append(entry, in: organization)
  }
}

extension Actor {
  /// An entry names the person; which of the person's certificates was shown stands in the details.
  func entry(
    _ act: String, subject: String, outcome: String, reason: String?, details: [String: String], door: Door,
    at instant: Instant
  ) -> AuditEntry {
    var details = details
    if !fingerprint.isEmpty { details["administrator_certificate"] = Hex.encode(fingerprint) }
    return AuditEntry(
      at: instant, actor: principal, door: door.rawValue, act: act, subject: subject, outcome: outcome,
      reason: reason,
      details: details)
  }
}

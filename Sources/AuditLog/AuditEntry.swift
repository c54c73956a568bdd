import WireFormats

/// Why octets are no audit entry.
public enum AuditEntryError: Error, Hashable, Sendable {
  /// No JSON, or a member is missing, unknown, twice there or of another type.
  case malformed
  /// The same entry would be written with other octets.
  case notCanonical
}

/// One act, refusal or event, as the log keeps it.
///
/// The encoded octets are kept verbatim and are what the leaf covers; see docs/audit.md.
public struct AuditEntry: Sendable, Hashable {
  /// When, to the millisecond, between 1970 and `Instant.noExpiry`.
  public let at: Instant
  /// Who, for example `administrator:4f2a…` or `device:<id>`.
  public let actor: String
  /// Through which door, for example `est`, `rest`, `command`.
  public let door: String
  /// `noun.verb`, for example `certificate.issue`.
  public let act: String
  /// On what, for example `device:<id>` or `certificate:<serial>`.
  public let subject: String
  /// `ok` or `refused`.
  public let outcome: String
  /// Why it was refused, or what the actor gave as a reason.
  public let reason: String?
  public let details: [String: String]

  /// A time outside 1970 to 9999 is moved to the nearer end, since RFC 3339 cannot write it.
  public init(
    at: Instant, actor: String, door: String, act: String, subject: String, outcome: String, reason: String? = nil,
    details: [String: String] = [:]
  ) {
    self.at = min(max(at, Instant(seconds: 0)), .noExpiry)
    self.actor = actor
    self.door = door
    self.act = act
    self.subject = subject
    self.outcome = outcome
    self.reason = reason
    self.details = details
  }
}

/// An entry of the audit log.
public struct AuditItem: Codable, Hashable, Sendable {
  /// Its place in the log, from 0.
  public var index: Int64
  public var at: String
  public var actor: String
  public var door: String
  /// `noun.verb`, for example `certificate.issue`.
  public var act: String
  /// For example `device:<id>`.
  public var subject: String
  /// `ok` or `refused`.
  public var outcome: String
  public var reason: String?
  public var details: [String: String]
  /// The leaf's digest, hexadecimal.
  public var leaf: String

  public init(
    index: Int64, at: String, actor: String, door: String, act: String, subject: String, outcome: String,
    reason: String? = nil, details: [String: String], leaf: String
  ) {
    self.index = index
    self.at = at
    self.actor = actor
    self.door = door
    self.act = act
    self.subject = subject
    self.outcome = outcome
    self.reason = reason
    self.details = details
    self.leaf = leaf
  }
}

import Registry

/// Why something asked for is not done, in words for whoever asked and, apart from them, for the log.
///
/// A door maps `code` to its own protocol's vocabulary, by a `switch` without `default`.
public struct Refusal: Error, Hashable, Sendable {
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// What arrived cannot be read.
    case badRequest
    /// The request is not signed by the key that it carries.
    case proofOfPossession
    /// Nobody showed who they are, or the secret is wrong.
    case unauthenticated
    /// Known, but not allowed to do this.
    case forbidden
    /// No such object in this organization.
    case notFound
    /// The object is in a state that does not allow it.
    case conflict
    /// The profile does not allow it; `rule` names the rule.
    case policy
    case suspended
    case retired
    case revoked
    /// The certificate, secret or grant is past its time.
    case expired
    /// A secret or a grant is used up.
    case exhausted
    /// The public key belongs to another subject, or was compromised.
    case keyReuse
    case throttled
    /// The store or a key's home is away; the same request may succeed later.
    case unavailable
    /// An operator has to approve first.
    case pendingApproval
  }

  public let code: Code
  /// For the client: one sentence that gives nothing away.
  public let reason: String
  /// The rule's name when `code` is `policy`, for example `key-algorithm`.
  public let rule: String?
  /// What to do about it, where there is something to say.
  public let hint: String?
  /// For the log alone.
  public let detail: String?
  /// Seconds after which the same request may be worth sending again; nil where nothing is known of it.
  public let retryAfter: Int?
  /// When `code` is `pendingApproval`: the request that an operator decides on.
  public let pendingRequest: PendingRequestID?

  public init(
    _ code: Code, _ reason: String, rule: String? = nil, hint: String? = nil, detail: String? = nil,
    retryAfter: Int? = nil, pendingRequest: PendingRequestID? = nil
  ) {
    self.code = code
    self.reason = reason
    self.rule = rule
    self.hint = hint
    self.detail = detail
    self.retryAfter = retryAfter
    self.pendingRequest = pendingRequest
  }

  /// A request that the profile's rule does not allow.
  public static func policy(_ rule: String, _ reason: String) -> Refusal { Refusal(.policy, reason, rule: rule) }
}

extension Refusal: CustomStringConvertible {
  public var description: String { rule.map { "\(reason) (\($0))" } ?? reason }
}

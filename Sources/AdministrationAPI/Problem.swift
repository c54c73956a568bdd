/// RFC 9457: why a request was not served, as `application/problem+json`.
public struct Problem: Codable, Hashable, Sendable, Error {
  public var type: String
  public var title: String
  /// The HTTP status.
  public var status: Int
  public var detail: String?
  /// Stable, for programs.
  public var code: String
  /// The policy or lint rule that refused.
  public var rule: String?
  /// What to do about it.
  public var hint: String?
  /// Of `not_in_log`: the log's epoch, its size, and what to send as `after` to go on. Without the last, the log is read
  /// from its beginning.
  public var epoch: Int?
  public var size: Int64?
  public var after: String?

  public init(
    type: String, title: String, status: Int, detail: String? = nil, code: String, rule: String? = nil,
    hint: String? = nil
  ) {
    self.type = type
    self.title = title
    self.status = status
    self.detail = detail
    self.code = code
    self.rule = rule
    self.hint = hint
  }
}

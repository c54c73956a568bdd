/// What a profile would issue for a request, or the rule that refuses it.
public struct Trial: Codable, Hashable, Sendable {
  public var wouldIssue: Bool
  public var subject: String?
  public var subjectAlternativeNames: [String]
  public var notBefore: String?
  public var notAfter: String?
  public var extensions: [String]
  public var rule: String?
  public var reason: String?

  public init(
    wouldIssue: Bool, subject: String? = nil, subjectAlternativeNames: [String], notBefore: String? = nil,
    notAfter: String? = nil, extensions: [String], rule: String? = nil, reason: String? = nil
  ) {
    self.wouldIssue = wouldIssue
    self.subject = subject
    self.subjectAlternativeNames = subjectAlternativeNames
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.extensions = extensions
    self.rule = rule
    self.reason = reason
  }

  enum CodingKeys: String, CodingKey {
    case wouldIssue = "would_issue"
    case subject
    case subjectAlternativeNames = "subject_alternative_names"
    case notBefore = "not_before"
    case notAfter = "not_after"
    case extensions, rule, reason
  }
}

import WireFormats

/// What ACME answers; the transport adds nothing but its framing.
public struct ACMEAnswer: Hashable, Sendable {
  public var status: Int
  public var contentType: String?
  public var body: [UInt8]
  public var location: String?
  /// Seconds.
  public var retryAfter: Int?
  /// RFC 8288 relations with their targets.
  public var links: [Link] = []
  /// The Replay-Nonce field (RFC 8555 §6.5.1).
  public var nonce: String?
  /// What was refused, for the log.
  public var problem: ACMEProblem?

  public struct Link: Hashable, Sendable {
    public let relation: String
    public let target: String

    package init(relation: String, target: String) { (self.relation, self.target) = (relation, target) }
  }

  package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  static func json(_ value: JSONValue, status: Int = 200) -> ACMEAnswer {
    ACMEAnswer(status: status, contentType: "application/json", body: Array(value.written().utf8))
  }

  static func problem(_ problem: ACMEProblem) -> ACMEAnswer {
    var answer = ACMEAnswer(
      status: problem.status, contentType: "application/problem+json", body: Array(problem.text.utf8))
    answer.retryAfter = problem.retryAfter
    answer.location = problem.location
    answer.problem = problem
    return answer
  }

  func at(_ location: String) -> ACMEAnswer {
    var answer = self
    answer.location = location
    return answer
  }

  func after(_ seconds: Int?) -> ACMEAnswer {
    var answer = self
    answer.retryAfter = seconds
    return answer
  }

  func linked(_ relation: String, _ target: String) -> ACMEAnswer {
    var answer = self
    answer.links.append(Link(relation: relation, target: target))
    return answer
  }
}

import AdministrationAPI

extension CommandFailure {
  /// The server's own words (RFC 9457) as one line, and the exit code that belongs to its status.
  package init(_ problem: Problem) {
    let said = OneLine.of(problem.detail ?? problem.title)
    let message = problem.rule.map { said.contains($0) ? said : "\(said) (rule \($0))" } ?? said
    self.init(CommandExit(status: problem.status), message, hint: problem.hint ?? Self.usualHint(problem))
    self.problem = problem
  }

  private static func usualHint(_ problem: Problem) -> String? {
    switch problem.status {
    case 401: "name an administrator's certificate with --identity PATH"
    case 429: "wait a minute, then try again"
    default: nil
    }
  }
}

extension CommandExit {
  /// The exit code for an HTTP status that is not a success.
  package init(status: Int) {
    switch status {
    case 401, 403: self = .notPermitted
    case 404, 410: self = .notFound
    case 409, 412: self = .conflict
    case 202, 429, 502, 503, 504: self = .later
    default: self = .refused
    }
  }
}

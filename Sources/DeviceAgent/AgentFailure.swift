/// Why the agent did not do what it was asked to, in a line for a person, with a cure where there is one.
public struct AgentFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit codes of docs/commands.md.
  public enum Code: Int32, Hashable, Sendable {
    case failed = 1
    case usage = 2
    /// No server answers, or none that can be trusted.
    case noServer = 3
    /// There is no such file or folder, or the device never enrolled.
    case missing = 5
    /// It is there already, or another agent works on it.
    case exists = 6
    /// The same may succeed later.
    case later = 7
  }

  public let code: Code
  public let reason: String
  public let hint: String?

  public init(_ code: Code, _ reason: String, hint: String? = nil) {
    (self.code, self.reason, self.hint) = (code, reason, hint)
  }

  public var description: String { reason }
}

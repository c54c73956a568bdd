/// A certificate that must not be signed, and which rule says so.
public struct LintFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule's name in kebab-case, for example `validity-order`.
  public let rule: String
  /// What was found, for an operator.
  public let reason: String

  public init(rule: String, reason: String) { (self.rule, self.reason) = (rule, reason) }

  public var description: String { "\(rule): \(reason)" }
}

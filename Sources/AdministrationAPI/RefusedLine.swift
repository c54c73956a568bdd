/// A line of an import that was not taken.
public struct RefusedLine: Codable, Hashable, Sendable {
  /// Counted from 1, a CSV header included.
  public var line: Int
  public var reason: String

  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}

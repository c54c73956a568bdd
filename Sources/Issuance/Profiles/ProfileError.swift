/// What is wrong in a profile's text, and where.
public struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 1; 0 when no place can be named.
  public let line: Int
  public let column: Int
  public let reason: String

  public init(line: Int, column: Int, reason: String) {
    self.line = line
    self.column = column
    self.reason = reason
  }

  public var description: String { line > 0 ? "line \(line), column \(column): \(reason)" : reason }
}

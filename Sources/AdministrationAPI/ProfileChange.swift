/// What applying a profile changed, or would change.
public struct ProfileChange: Codable, Hashable, Sendable {
  public var name: String
  public var version: Int
  public var changed: Bool
  /// A unified diff; empty when nothing changed.
  public var difference: String

  public init(name: String, version: Int, changed: Bool, difference: String) {
    self.name = name
    self.version = version
    self.changed = changed
    self.difference = difference
  }
}

/// What became of the lines of a device import. Running it again adds nothing.
public struct ImportResult: Codable, Hashable, Sendable {
  public var added: Int
  public var unchanged: Int
  public var refused: [RefusedLine]

  public init(added: Int, unchanged: Int, refused: [RefusedLine]) {
    self.added = added
    self.unchanged = unchanged
    self.refused = refused
  }
}

/// RFC 6962 §2.1.1: that a leaf is in the tree of a size.
public struct InclusionProof: Codable, Hashable, Sendable {
  public var index: Int64
  public var size: Int64
  /// Hexadecimal.
  public var leaf: String
  /// Hexadecimal.
  public var root: String
  /// Hexadecimal, from the leaf up.
  public var path: [String]

  public init(index: Int64, size: Int64, leaf: String, root: String, path: [String]) {
    self.index = index
    self.size = size
    self.leaf = leaf
    self.root = root
    self.path = path
  }
}

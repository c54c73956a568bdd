/// RFC 6962 §2.1.2: that a later tree continues an earlier one.
public struct ConsistencyProof: Codable, Hashable, Sendable {
  public var from: Int64
  public var to: Int64
  /// Hexadecimal.
  public var path: [String]

  public init(from: Int64, to: Int64, path: [String]) {
    self.from = from
    self.to = to
    self.path = path
  }
}

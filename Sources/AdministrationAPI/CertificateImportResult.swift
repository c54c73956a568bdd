/// What became of books that were taken over.
public struct CertificateImportResult: Codable, Hashable, Sendable {
  public var added: Int
  public var unchanged: Int
  /// Devices that were registered.
  public var devices: Int
  /// Revocations that stand since then.
  public var revoked: Int
  public var refused: [RefusedLine]

  public init(added: Int, unchanged: Int, devices: Int, revoked: Int, refused: [RefusedLine]) {
    self.added = added
    self.unchanged = unchanged
    self.devices = devices
    self.revoked = revoked
    self.refused = refused
  }
}

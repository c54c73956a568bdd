import WireFormats

/// A signed checkpoint of the audit log as it was published.
public struct StoredCheckpoint: Hashable, Sendable {
  /// How many leaves it covers.
  public var size: UInt64
  /// The Merkle root over them, 32 octets.
  public var root: [UInt8]
  /// The C2SP signed note.
  public var note: String
  public var at: Instant

  public init(
    size: UInt64, root: [UInt8], note: String, at: Instant
  ) {
    self.size = size
    self.root = root
    self.note = note
    self.at = at
  }
}

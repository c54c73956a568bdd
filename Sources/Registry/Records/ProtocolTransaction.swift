import WireFormats

/// What a door keeps between two messages of one exchange, so that the next may reach another process.
public struct ProtocolTransaction: Hashable, Sendable {
  /// Octets of an identifier and of a state.
  public static let longestIdentifier = 256
  public static let largestState = 262_144

  /// The protocol's name.
  public var door: String
  /// As the protocol names the exchange: a transactionID's octets.
  public var identifier: [UInt8]
  /// The door's own; nobody else reads it.
  public var state: [UInt8]
  public var createdAt: Instant
  public var expiresAt: Instant

  public init(door: String, identifier: [UInt8], state: [UInt8], createdAt: Instant, expiresAt: Instant) {
    self.door = door
    self.identifier = identifier
    self.state = state
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }
}

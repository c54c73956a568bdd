/// What `POST /certificates/{serial_number}/revoke` takes.
public struct Revocation: Codable, Hashable, Sendable {
  /// A CRLReason by its name in RFC 5280 §5.3.1.
  public var reason: String

  public init(reason: String) {
    self.reason = reason
  }
}

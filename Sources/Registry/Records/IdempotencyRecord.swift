import WireFormats

/// The answer to a request that carried an idempotency key, given again when the request is repeated.
public struct IdempotencyRecord: Hashable, Sendable {
  public var principal: String
  public var key: String
  /// SHA-256 over method, path and body: another request under the same key is refused.
  public var requestHash: [UInt8]
  public var status: Int
  public var body: [UInt8]
  public var expiresAt: Instant

  public init(
    principal: String, key: String, requestHash: [UInt8], status: Int, body: [UInt8], expiresAt: Instant
  ) {
    self.principal = principal
    self.key = key
    self.requestHash = requestHash
    self.status = status
    self.body = body
    self.expiresAt = expiresAt
  }
}

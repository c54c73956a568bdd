import WireFormats

/// A published CRL.
public struct RevocationList: Hashable, Sendable {
  public var authority: AuthorityID
  /// RFC 5280 §5.2.3: the CRL number, which only grows.
  public var number: Int64
  public var thisUpdate: Instant
  public var nextUpdate: Instant
  /// DER.
  public var encoded: [UInt8]

  public init(
    authority: AuthorityID, number: Int64, thisUpdate: Instant, nextUpdate: Instant, encoded: [UInt8]
  ) {
    self.authority = authority
    self.number = number
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
    self.encoded = encoded
  }
}

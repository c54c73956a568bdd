import WireFormats

/// BasicConstraints (RFC 5280 §4.2.1.9).
public struct BasicConstraints: Hashable, Sendable {
  public let isAuthority: Bool
  /// How many authorities may follow below this one, the last certificate not counted.
  public let pathLength: Int?

  public init(isAuthority: Bool, pathLength: Int? = nil) {
    (self.isAuthority, self.pathLength) = (isAuthority, pathLength)
  }

  init(parsing encoded: ArraySlice<UInt8>) throws(DERError) {
    var outer = DERReader(encoded)
    var fields = try outer.readSequence()
    try outer.finish()
    // `cA FALSE` written out is not DER, but several clients send it in requests.
    isAuthority = fields.nextTag == DERTag.boolean ? try fields.readBoolean() : false
    pathLength = fields.isAtEnd ? nil : try fields.readSmallInteger()
    try fields.finish()
    // RFC 5280 §4.2.1.9: pathLenConstraint is meaningful only when cA is TRUE.
    guard isAuthority || pathLength == nil else { throw .badInteger }
  }
}

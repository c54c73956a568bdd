import Credentials
import WireFormats

/// RevReqContent (RFC 9810 §5.3.9) with the one certificate that RFC 9483 §4.2 allows in it.
public struct RevReqContent: Sendable {
  /// Name, DER.
  public let issuer: [UInt8]
  public let serial: SerialNumber
  /// Nil where no reason is given.
  public let reason: RevocationReason?
  /// Whether the reason is one of RFC 5280's.
  let isReasonKnown: Bool

  private static let reasonCode = ObjectIdentifier([2, 5, 29, 21])

  init(parsing content: DERElement) throws(DERError) {
    var list = try content.checked(DERTag.sequence).reader
    var details = try list.readSequence()
    try list.finish()
    let template = try CertTemplate(parsing: details.read(DERTag.sequence))
    let extensions = try details.readOptional(DERTag.sequence)
    try details.finish()
    guard let issuer = template.issuer, let serial = template.serial else { throw .truncated }
    (self.issuer, self.serial) = (issuer, serial)
    let code = try extensions.flatMap { list throws(DERError) in try Self.reason(in: list) }
    reason = code.flatMap { RevocationReason(rawValue: $0) }
    isReasonKnown = code == nil || reason != nil
  }

  private static func reason(in extensions: DERElement) throws(DERError) -> Int? {
    var reader = extensions.reader
    while !reader.isAtEnd {
      var fields = try reader.readSequence()
      let identifier = try fields.readObjectIdentifier()
      _ = try fields.readOptional(DERTag.boolean)
      let value = try fields.readOctetString()
      guard identifier == reasonCode else { continue }
      var inner = DERReader(value)
      let code = try inner.read(DERTag.enumerated).content
      guard code.count == 1, let code = code.first else { throw .badInteger }
      return Int(code)
    }
    return nil
  }
}

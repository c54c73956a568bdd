/// An entry of `revokedCertificates` (RFC 5280 §5.1.2.6).
public struct RevocationEntry {
  public let serial: ByteView
  public let revokedAt: UnixTime
  /// CRLReason (RFC 5280 §5.3.1): 0 unspecified, which is also what its absence means; 6 is certificateHold.
  public let reason: UInt8

  init(_ list: inout DERCursor) throws(FormatError) {
    var fields = try list.sequence()
    serial = try CertificateView.serial(fields.read(TagOctet.integer))
    revokedAt = try UnixTime(fields.read())
    var reason: UInt8 = 0
    if var items = try fields.readOptional(TagOctet.sequence)?.cursor {
      while !items.isAtEnd {
        let item = try ExtensionItem(&items)
        if item.identifier == .certificateExtension(21) {
          let value = try DERCursor.only(TagOctet.enumerated, of: item.value).smallInteger()
          reason = UInt8(truncatingIfNeeded: value)
        } else if item.isCritical {
          // RFC 5280 §5.3: an entry with a critical extension that is not understood. The whole list says nothing then.
          throw .badExtension
        }
      }
    }
    self.reason = reason
    try fields.finish()
  }
}

/// Why a list says nothing about a certificate. The raw values are those of touchmark.h, after those of `PathError`.
public enum RevocationError: Int32, Error {
  case otherIssuer = 64
  case unknownCriticalExtension = 65
  case mayNotSignLists = 66
  case notYetValid = 67
  /// Its nextUpdate is over.
  case stale = 68
  case badSignature = 69
}

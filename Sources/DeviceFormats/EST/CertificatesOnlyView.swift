/// The certs-only answer of EST (RFC 7030 §4.1.3 and §4.2.3): a CMS SignedData with nobody's signature.
public struct CertificatesOnlyView {
  /// The certificates one after the other, as `PathCheck` takes them, and `CertificateCursor` reads them; the order is
  /// the sender's. Empty where there are none.
  public let certificates: ByteView

  /// RFC 5652 §3 and §5.1: `ContentInfo { signedData, [0] SignedData { version, digestAlgorithms, encapContentInfo,
  /// certificates [0] OPTIONAL, crls [1] OPTIONAL, signerInfos } }`.
  public init(parsing der: ByteView) throws(FormatError) {
    var info = try DERCursor.only(TagOctet.sequence, of: der).cursor
    guard try info.identifier() == .signedData else { throw .unexpectedContent }
    let explicit = try info.read(TagOctet.contextConstructed(0))
    try info.finish()
    var fields = try DERCursor.only(TagOctet.sequence, of: explicit.content).cursor
    _ = try fields.read(TagOctet.integer).smallInteger()
    _ = try fields.read(TagOctet.set)
    _ = try fields.read(TagOctet.sequence)
    certificates = try fields.readOptional(TagOctet.contextConstructed(0))?.content ?? ByteView()
    _ = try fields.readOptional(TagOctet.contextConstructed(1))
    _ = try fields.read(TagOctet.set)
    try fields.finish()
    var list = DERCursor(certificates)
    var count = 0
    while !list.isAtEnd {
      guard count < FormatLimits.bundle else { throw .tooLong }
      _ = try list.read()
      count &+= 1
    }
  }
}

/// An X.509 certificate (RFC 5280 §4.1) in a buffer of the caller's, read once, nothing copied.
public struct CertificateView {
  public let encoded: ByteView
  /// What the signature covers.
  public let toBeSigned: ByteView
  public let scheme: SignatureScheme
  public let signature: ByteView
  /// The serial number's content octets; positive.
  public let serial: ByteView
  public let issuer: NameView
  public let notBefore: UnixTime
  /// 253402300799 for the 99991231235959Z of RFC 5280 §4.1.2.5, which is never.
  public let notAfter: UnixTime
  public let subject: NameView
  public let publicKey: PublicKeyView
  public let extensions: ExtensionsView

  public init(parsing der: ByteView) throws(FormatError) {
    guard der.count <= FormatLimits.certificate else { throw .tooLong }
    let whole = try DERCursor.only(TagOctet.sequence, of: der)
    var certificate = whole.cursor
    let signed = try certificate.read(TagOctet.sequence)
    let algorithm = try certificate.read(TagOctet.sequence)
    signature = try certificate.read(TagOctet.bitString).octetsOfBitString()
    try certificate.finish()
    (encoded, toBeSigned) = (whole.encoded, signed.encoded)
    scheme = try SignatureScheme(algorithm)

    var fields = signed.cursor
    let version = try CertificateView.version(&fields)
    serial = try CertificateView.serial(fields.read(TagOctet.integer))
    // RFC 5280 §4.1.1.2: "MUST contain the same algorithm identifier".
    guard try fields.read(TagOctet.sequence).encoded.equals(algorithm.encoded) else { throw .algorithmMismatch }
    issuer = NameView(try fields.read(TagOctet.sequence))
    var validity = try fields.sequence()
    notBefore = try UnixTime(validity.read())
    notAfter = try UnixTime(validity.read())
    try validity.finish()
    subject = NameView(try fields.read(TagOctet.sequence))
    publicKey = try PublicKeyView(fields.read(TagOctet.sequence))
    extensions = try CertificateView.extensions(&fields, version: version)
  }

  private static func version(_ fields: inout DERCursor) throws(FormatError) -> Int32 {
    // RFC 5280 §4.1.2.1: `[0] EXPLICIT Version DEFAULT v1`, so that 0 is never written.
    guard let explicit = try fields.readOptional(TagOctet.contextConstructed(0)) else { return 1 }
    let version = try DERCursor.only(TagOctet.integer, of: explicit.content).smallInteger()
    guard version == 1 || version == 2 else { throw .unsupportedVersion }
    return version &+ 1
  }

  /// RFC 5280 §4.1.2.2: a positive number of at most 20 octets.
  static func serial(_ item: DERItem) throws(FormatError) -> ByteView {
    let octets = try item.integer()
    guard let first = octets.first, first < 0x80, octets.count <= FormatLimits.serial, octets.count > 1 || first > 0
    else { throw .badInteger }
    return octets
  }

  private static func extensions(_ fields: inout DERCursor, version: Int32) throws(FormatError) -> ExtensionsView {
    // RFC 5280 §4.1.2.8: issuerUniqueID and subjectUniqueID, which nobody uses, in versions 2 and 3.
    if version > 1 {
      _ = try fields.readOptional(TagOctet.context(1))
      _ = try fields.readOptional(TagOctet.context(2))
    }
    guard version == 3, let explicit = try fields.readOptional(TagOctet.contextConstructed(3)) else {
      try fields.finish()
      return ExtensionsView()
    }
    try fields.finish()
    return try ExtensionsView(DERCursor.only(TagOctet.sequence, of: explicit.content))
  }

  /// RFC 5280 §3.2: subject and issuer are the same name.
  public var isSelfIssued: Bool { subject.equals(issuer) }
}

/// A full CRL (RFC 5280 §5.1) in a buffer of the caller's.
public struct RevocationListView {
  public let toBeSigned: ByteView
  public let scheme: SignatureScheme
  public let signature: ByteView
  public let issuer: NameView
  public let thisUpdate: UnixTime
  /// Nil without it, which RFC 5280 §5.1.2.5 does not allow and some do.
  public let nextUpdate: UnixTime?
  /// The content octets of the CRLNumber (RFC 5280 §5.2.3), empty without one. A device that keeps the highest one it saw
  /// can tell an older list by it.
  public let number: ByteView
  /// Entries one after the other.
  private let entries: ByteView
  private let hasCriticalExtension: Bool

  public init(parsing der: ByteView) throws(FormatError) {
    var list = try DERCursor.only(TagOctet.sequence, of: der).cursor
    let signed = try list.read(TagOctet.sequence)
    let algorithm = try list.read(TagOctet.sequence)
    signature = try list.read(TagOctet.bitString).octetsOfBitString()
    try list.finish()
    toBeSigned = signed.encoded
    scheme = try SignatureScheme(algorithm)

    var fields = signed.cursor
    // RFC 5280 §5.1.2.1: version 2, which is written as 1.
    guard try fields.read(TagOctet.integer).smallInteger() == 1 else { throw .unsupportedVersion }
    // RFC 5280 §5.1.1.2.
    guard try fields.read(TagOctet.sequence).encoded.equals(algorithm.encoded) else { throw .algorithmMismatch }
    issuer = NameView(try fields.read(TagOctet.sequence))
    thisUpdate = try UnixTime(fields.read())
    let isTime = fields.nextTag == TagOctet.utcTime || fields.nextTag == TagOctet.generalizedTime
    nextUpdate = isTime ? try UnixTime(fields.read()) : nil
    let revoked = try fields.readOptional(TagOctet.sequence)
    // RFC 5280 §5.1.2.6: absent when there are none.
    if let revoked, revoked.content.isEmpty { throw .notDER }
    entries = revoked?.content ?? ByteView()
    (number, hasCriticalExtension) = try RevocationListView.extensions(
      fields.readOptional(TagOctet.contextConstructed(0)))
    try fields.finish()
  }

  private static func extensions(_ explicit: DERItem?) throws(FormatError) -> (ByteView, Bool) {
    guard let explicit else { return (ByteView(), false) }
    let list = try DERCursor.only(TagOctet.sequence, of: explicit.content)
    try ExtensionItem.checkUnique(list.content)
    var (items, number, hasCritical) = (list.cursor, ByteView(), false)
    while !items.isAtEnd {
      let item = try ExtensionItem(&items)
      if item.isCritical { hasCritical = true }
      if item.identifier == .certificateExtension(20) {
        number = try DERCursor.only(TagOctet.integer, of: item.value).integer()
      }
    }
    return (number, hasCritical)
  }

  /// Whether the list may be asked about certificates of an issuer (RFC 5280 §6.3.3).
  ///
  /// - Parameters:
  ///   - issuer: Of the certificates in question; its own path was checked by the caller.
  ///   - time: Nil where it is not known: then the list's age is not looked at.
  public func check(
    issuer authority: CertificateView, at time: UnixTime?, verifier: some SignatureVerifier
  ) throws(RevocationError) {
    // RFC 5280 §6.3.3(b): the issuer's own list.
    guard issuer.equals(authority.subject) else { throw .otherIssuer }
    // RFC 5280 §5.2: "If a CRL contains a critical extension that the application cannot process, then the application
    // MUST NOT use that CRL to determine the status of certificates". Delta and partial lists show one.
    guard !hasCriticalExtension else { throw .unknownCriticalExtension }
    // RFC 5280 §6.3.3(f).
    if let usage = authority.extensions.keyUsage, !usage.contains(.cRLSign) { throw .mayNotSignLists }
    if let time {
      guard time.seconds >= thisUpdate.seconds else { throw .notYetValid }
      if let nextUpdate, time.seconds > nextUpdate.seconds { throw .stale }
    }
    let isGood = verifier.checks(scheme, key: authority.publicKey, message: toBeSigned, signature: signature)
    guard isGood else { throw .badSignature }
  }

  /// What the list says of a serial number, after `check`. Every entry is read until it is found.
  public func entry(for serial: ByteView) throws(FormatError) -> RevocationEntry? {
    var list = DERCursor(entries)
    while !list.isAtEnd {
      let entry = try RevocationEntry(&list)
      if entry.serial.equals(serial) { return entry }
    }
    return nil
  }
}

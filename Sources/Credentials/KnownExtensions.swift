import WireFormats

/// What the rooms above ask a request's or a certificate's extensions, parsed once.
struct KnownExtensions: Sendable {
  var basicConstraints: BasicConstraints?
  var keyUsage: KeyUsage?
  var extendedKeyUsages: [ObjectIdentifier] = []
  var subjectAlternativeNames: [GeneralName] = []
  var subjectKeyIdentifier: [UInt8]?
  var authorityKeyIdentifier: [UInt8]?

  /// An extension whose value is not what its identifier promises.
  struct Malformed: Error {
    let identifier: ObjectIdentifier
  }

  init(_ extensions: [CertificateExtension]) throws(Malformed) {
    for item in extensions {
      do { try read(item) } catch { throw Malformed(identifier: item.identifier) }
    }
  }

  private mutating func read(_ item: CertificateExtension) throws(DERError) {
    let value = item.value[...]
    switch item.identifier {
    case ExtensionID.basicConstraints: basicConstraints = try BasicConstraints(parsing: value)
    case ExtensionID.keyUsage: keyUsage = try KeyUsage(parsing: value)
    case ExtensionID.extendedKeyUsage: extendedKeyUsages = try Self.identifiers(value)
    case ExtensionID.subjectAlternativeName: subjectAlternativeNames = try GeneralName.parseNames(value)
    case ExtensionID.subjectKeyIdentifier: subjectKeyIdentifier = try Self.octets(value)
    case ExtensionID.authorityKeyIdentifier: authorityKeyIdentifier = try Self.authorityKeyIdentifier(value)
    default: break
    }
  }

  /// ExtKeyUsageSyntax, `SEQUENCE SIZE (1..MAX) OF KeyPurposeId`.
  static func identifiers(_ value: ArraySlice<UInt8>) throws(DERError) -> [ObjectIdentifier] {
    var outer = DERReader(value)
    var purposes = try outer.readSequence()
    try outer.finish()
    var result: [ObjectIdentifier] = []
    repeat {
      guard result.count < 64 else { throw .tooLong }
      result.append(try purposes.readObjectIdentifier())
    } while !purposes.isAtEnd
    return result
  }

  private static func octets(_ value: ArraySlice<UInt8>) throws(DERError) -> [UInt8] {
    var reader = DERReader(value)
    let octets = try reader.readOctetString()
    try reader.finish()
    return Array(octets)
  }

  /// RFC 5280 §4.2.1.1: `keyIdentifier [0]`, then issuer and serial number, which nothing here needs.
  private static func authorityKeyIdentifier(_ value: ArraySlice<UInt8>) throws(DERError) -> [UInt8]? {
    var outer = DERReader(value)
    var fields = try outer.readSequence()
    try outer.finish()
    let identifier = try fields.readOptional(DERTag.context(0))
    while !fields.isAtEnd { _ = try fields.read() }
    return identifier.map { Array($0.content) }
  }
}

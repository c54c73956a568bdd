/// What a certificate's extensions say (RFC 5280 §4.2), of those that matter to a device.
public struct ExtensionsView {
  /// BasicConstraints: `cA`.
  public private(set) var isAuthority = false
  /// BasicConstraints: pathLenConstraint, -1 without one.
  public private(set) var pathLength: Int32 = -1
  /// Nil without the extension.
  public private(set) var keyUsage: KeyUsageBits?
  /// The content of SubjectAltName, to be read by `GeneralNameCursor`; empty without the extension.
  public private(set) var alternativeNames = ByteView()
  /// The content of ExtKeyUsageSyntax; empty without the extension.
  public private(set) var purposes = ByteView()
  public private(set) var subjectKeyIdentifier = ByteView()
  public private(set) var authorityKeyIdentifier = ByteView()
  /// The content of certificatePolicies.
  public private(set) var policies = ByteView()
  /// The content of CRLDistributionPoints, to be read by `DistributionPointCursor`.
  public private(set) var distributionPoints = ByteView()
  /// RFC 5280 §4.2: "A certificate-using system MUST reject the certificate if it encounters a critical extension it does
  /// not recognize". It can still be read and shown.
  public private(set) var hasUnknownCritical = false

  init() {}

  /// - Parameter list: The SEQUENCE OF Extension.
  init(_ list: DERItem) throws(FormatError) {
    try ExtensionItem.checkUnique(list.content)
    var items = list.cursor
    while !items.isAtEnd { try take(ExtensionItem(&items)) }
    // RFC 5280 §4.2.1.9: "CAs MUST NOT include the pathLenConstraint field unless the cA boolean is asserted".
    guard isAuthority || pathLength < 0 else { throw .badExtension }
  }

  private mutating func take(_ item: ExtensionItem) throws(FormatError) {
    switch item.identifier {
    case .certificateExtension(19): try takeBasicConstraints(item.value)
    case .certificateExtension(15):
      keyUsage = KeyUsageBits(rawValue: try DERCursor.only(TagOctet.bitString, of: item.value).namedBits())
    case .certificateExtension(17): alternativeNames = try ExtensionsView.list(item.value, as: .names)
    case .certificateExtension(37): purposes = try ExtensionsView.list(item.value, as: .identifiers)
    case .certificateExtension(32): try takePolicies(item)
    case .certificateExtension(31): distributionPoints = try ExtensionsView.list(item.value, as: .distributionPoints)
    case .certificateExtension(14):
      subjectKeyIdentifier = try DERCursor.only(TagOctet.octetString, of: item.value).content
    case .certificateExtension(35): try takeAuthorityKeyIdentifier(item.value)
    default: if item.isCritical { hasUnknownCritical = true }
    }
  }

  /// RFC 5280 §4.2.1.9: `SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }`.
  private mutating func takeBasicConstraints(_ value: ByteView) throws(FormatError) {
    var fields = try DERCursor.only(TagOctet.sequence, of: value).cursor
    if let authority = try fields.readOptional(TagOctet.boolean) {
      guard try authority.boolean() else { throw .notDER }
      isAuthority = true
    }
    if let length = try fields.readOptional(TagOctet.integer) { pathLength = try length.smallInteger() }
    try fields.finish()
  }

  /// RFC 5280 §4.2.1.1: `keyIdentifier [0]`, then issuer and serial number, which nothing here needs.
  private mutating func takeAuthorityKeyIdentifier(_ value: ByteView) throws(FormatError) {
    var fields = try DERCursor.only(TagOctet.sequence, of: value).cursor
    if let identifier = try fields.readOptional(TagOctet.context(0)) { authorityKeyIdentifier = identifier.content }
    while !fields.isAtEnd { _ = try fields.read() }
  }

  /// RFC 5280 §4.2.1.4: `SEQUENCE OF SEQUENCE { policyIdentifier, policyQualifiers OPTIONAL }`. "If this extension is
  /// critical, the path validation software MUST be able to interpret this extension (including the optional qualifier)":
  /// qualifiers are not interpreted.
  private mutating func takePolicies(_ item: ExtensionItem) throws(FormatError) {
    let content = try DERCursor.only(TagOctet.sequence, of: item.value).content
    var list = DERCursor(content)
    repeat {
      var policy = try list.sequence()
      _ = try policy.identifier()
      if try policy.readOptional(TagOctet.sequence) != nil, item.isCritical { hasUnknownCritical = true }
      try policy.finish()
    } while !list.isAtEnd
    policies = content
  }

  private enum Members { case names, identifiers, distributionPoints }

  /// The content of a SEQUENCE of at least one member, each of which was read.
  private static func list(_ value: ByteView, as members: Members) throws(FormatError) -> ByteView {
    let content = try DERCursor.only(TagOctet.sequence, of: value).content
    var cursor = DERCursor(content)
    repeat {
      switch members {
      case .names: _ = try GeneralNameView(&cursor)
      case .identifiers: _ = try cursor.identifier()
      case .distributionPoints: _ = try cursor.sequence()
      }
    } while !cursor.isAtEnd
    return content
  }

  /// Whether the key may serve a purpose: without the extension, any (RFC 5280 §4.2.1.12). "Applications that require the
  /// presence of a particular purpose MAY reject certificates that include the anyExtendedKeyUsage OID but not the
  /// particular OID expected": this one does.
  public func allows(_ purpose: KeyPurpose) -> Bool {
    guard let wanted = purpose.identifier, !purposes.isEmpty else { return true }
    var list = DERCursor(purposes)
    while !list.isAtEnd {
      guard let next = try? list.identifier() else { return false }
      if next == wanted { return true }
    }
    return false
  }
}

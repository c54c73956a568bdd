import WireFormats

extension DistinguishedName: CustomStringConvertible {
  /// RFC 4514: the last relative name first, for example `CN=pump-7,O=Acme`.
  public var description: String {
    // RFC 4514 §2.1.
    relativeNames().reversed().map { $0.map(Self.text).joined(separator: "+") }.joined(separator: ",")
  }

  /// The attributes by relative name. What was parsed once parses again.
  func relativeNames() -> [[Attribute]] {
    guard hasMultipleValues else { return attributes.map { [$0] } }
    var outer = DERReader(encoded)
    guard var names = try? outer.readSequence() else { return [] }
    var result: [[Attribute]] = []
    while var set = try? names.read(DERTag.set).reader {
      var group: [Attribute] = []
      while let attribute = try? Self.readAttribute(&set) { group.append(attribute) }
      result.append(group)
    }
    return result
  }

  private static func text(_ attribute: Attribute) -> String {
    let isText = attribute.isString
    return AttributeType.name(of: attribute.type) + "=" + (isText ? escape(attribute.value) : attribute.value)
  }

  /// RFC 4514 §2.4; control characters too, so that a name cannot forge a line of a log or a terminal's colors.
  static func escape(_ value: String) -> String {
    if value.utf8.allSatisfy(isPlain) { return value }
    var text = ""
    let scalars = Array(value.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let isEdge = index == 0 || index == scalars.count - 1
      switch scalar {
      case "\"", "+", ",", ";", "<", ">", "\\": text += "\\\(scalar)"
      case " " where isEdge: text += "\\ "
      case "#" where index == 0: text += "\\#"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || isDirectional(scalar):
        text += String(scalar).utf8.map { "\\" + Hex.encode([$0]) }.joined()
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// Letters, digits and what stands between them in a serial: nothing of it is ever escaped.
  private static func isPlain(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  /// Characters that turn the direction of what a reader sees.
  private static func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
    (0x200E...0x200F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
      || (0x2066...0x2069).contains(scalar.value)
  }
}

extension DistinguishedName.Attribute {
  var isString: Bool {
    switch tag {
    case DERTag.utf8String, DERTag.printableString, DERTag.ia5String, DERTag.teletexString, DERTag.bmpString, 0x12,
      0x1A:
      true
    default: false
    }
  }
}

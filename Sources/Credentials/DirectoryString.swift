import WireFormats

/// The string types of X.520 attributes and PKCS#9 attributes, as text.
enum DirectoryString {
  /// Nil when the tag is no string type; throws when the octets are not of the stated type.
  ///
  /// PrintableString is read as ASCII: clients that put `@`, `_` or `*` into one are common, and what is issued is
  /// encoded again. TeletexString is read as Latin-1, which is what everybody who still writes it means by it.
  static func decode(_ element: DERElement) throws(DERError) -> String? {
    switch element.tag {
    case DERTag.utf8String:
      guard let text = String(validating: element.content, as: UTF8.self) else { throw .badString }
      return text
    case DERTag.printableString, DERTag.ia5String, numericString, visibleString:
      return try ascii(element.content)
    case DERTag.teletexString:
      return String(String.UnicodeScalarView(element.content.lazy.map { Unicode.Scalar($0) }))
    case DERTag.bmpString:
      return try bmp(element.content)
    default:
      return nil
    }
  }

  /// IA5String content octets (RFC 5280 §4.2.1.6).
  static func ascii(_ content: ArraySlice<UInt8>) throws(DERError) -> String {
    guard content.allSatisfy({ $0 < 0x80 }) else { throw .badString }
    return String(decoding: content, as: UTF8.self)
  }

  /// X.680 §41.4: letters, digits, space and ' ( ) + , - . / : = ?
  static func isPrintable(_ text: String) -> Bool {
    text.utf8.allSatisfy { isPrintable($0) }
  }

  static func isPrintable(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20, 0x27...0x29, 0x2B...0x2F, 0x3A, 0x3D, 0x3F: true
    default: false
    }
  }

  private static let numericString: UInt8 = 0x12
  private static let visibleString: UInt8 = 0x1A

  private static func bmp(_ content: ArraySlice<UInt8>) throws(DERError) -> String {
    guard content.count % 2 == 0 else { throw .badString }
    var units: [UInt16] = []
    units.reserveCapacity(content.count / 2)
    var high: UInt8?
    for octet in content {
      if let first = high {
        units.append(UInt16(first) << 8 | UInt16(octet))
        high = nil
      } else {
        high = octet
      }
    }
    guard let text = String(validating: units, as: UTF16.self) else { throw .badString }
    return text
  }
}

import Credentials
import WireFormats

/// The attributes that a pkiMessage's signer signs (RFC 8894 §3.2.1).
enum SCEPAttribute {
  static let messageType = identifier(2)
  static let pkiStatus = identifier(3)
  static let failInfo = identifier(4)
  static let senderNonce = identifier(5)
  static let recipientNonce = identifier(6)
  static let transactionID = identifier(7)
  /// id-scep-failInfoText: why, in words.
  static let failInfoText = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 24, 1])

  private static func identifier(_ last: UInt64) -> ObjectIdentifier {
    ObjectIdentifier([2, 16, 840, 1, 113733, 1, 9, last])
  }

  static func printable(_ type: ObjectIdentifier, _ text: String) -> CMSAttribute {
    CMSAttribute(type: type, values: [DERWriter.build { $0.printableString(text) }])
  }

  static func utf8(_ type: ObjectIdentifier, _ text: String) -> CMSAttribute {
    CMSAttribute(type: type, values: [DERWriter.build { $0.utf8String(text) }])
  }

  static func octets(_ type: ObjectIdentifier, _ octets: [UInt8]) -> CMSAttribute {
    CMSAttribute(type: type, values: [DERWriter.build { $0.octetString(octets) }])
  }
}

extension SignerInfo {
  /// A string attribute's text. PrintableString is the standard's; clients that send UTF8String are read as well.
  func text(_ type: ObjectIdentifier) -> String? {
    guard let value = signedValue(type) else { return nil }
    var reader = DERReader(value)
    guard let element = try? reader.read(), reader.isAtEnd,
      [DERTag.printableString, DERTag.utf8String, DERTag.ia5String].contains(element.tag)
    else { return nil }
    return String(validating: element.content, as: UTF8.self)
  }

  func octets(_ type: ObjectIdentifier) -> [UInt8]? {
    guard let value = signedValue(type) else { return nil }
    var reader = DERReader(value)
    guard let octets = try? reader.readOctetString(), reader.isAtEnd else { return nil }
    return Array(octets)
  }
}

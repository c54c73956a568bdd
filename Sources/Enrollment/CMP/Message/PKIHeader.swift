import Credentials
import WireFormats

/// PKIHeader (RFC 9810 §5.1.1), as it was received.
///
/// ```
/// PKIHeader ::= SEQUENCE {
///      pvno INTEGER, sender GeneralName, recipient GeneralName,
///      messageTime [0] GeneralizedTime OPTIONAL, protectionAlg [1] AlgorithmIdentifier OPTIONAL,
///      senderKID [2] OPTIONAL, recipKID [3] OPTIONAL, transactionID [4] OCTET STRING OPTIONAL,
///      senderNonce [5] OPTIONAL, recipNonce [6] OPTIONAL,
///      freeText [7] PKIFreeText OPTIONAL, generalInfo [8] SEQUENCE OF InfoTypeAndValue OPTIONAL }
/// ```
public struct PKIHeader: Sendable {
  public let version: Int
  /// GeneralName, DER: what an answer is sent to.
  public let sender: [UInt8]
  /// The sender, where it is a directoryName.
  public let senderName: DistinguishedName?
  public let messageTime: Instant?
  /// AlgorithmIdentifier, DER.
  public let protectionAlgorithm: [UInt8]?
  public let senderKeyIdentifier: [UInt8]?
  public let transactionID: [UInt8]?
  public let senderNonce: [UInt8]?
  public let recipientNonce: [UInt8]?
  public let generalInfo: [InfoTypeAndValue]

  /// Nonces and transaction identifiers are 16 octets; what is much longer is nobody's.
  private static let maximumOctets = 128

  init(parsing element: DERElement) throws(DERError) {
    var fields = element.reader
    version = try fields.readSmallInteger()
    let sender = try fields.read()
    self.sender = Array(sender.encoded)
    senderName =
      sender.tag == DERTag.contextConstructed(4) ? try DistinguishedName(parsing: sender.content) : nil
    _ = try fields.read()
    messageTime = try Self.explicit(0, &fields) { reader throws(DERError) in try reader.readTime() }
    protectionAlgorithm = try Self.explicit(1, &fields) { reader throws(DERError) in
      Array(try reader.read(DERTag.sequence).encoded)
    }
    senderKeyIdentifier = try Self.octets(2, &fields)
    _ = try Self.octets(3, &fields)
    transactionID = try Self.octets(4, &fields)
    senderNonce = try Self.octets(5, &fields)
    recipientNonce = try Self.octets(6, &fields)
    _ = try fields.readOptional(DERTag.contextConstructed(7))
    generalInfo =
      try Self.explicit(8, &fields) { reader throws(DERError) in
        try InfoTypeAndValue.parseAll(reader.read(DERTag.sequence))
      } ?? []
    try fields.finish()
  }

  private static func explicit<Value>(
    _ number: UInt8, _ fields: inout DERReader, _ read: (inout DERReader) throws(DERError) -> Value
  ) throws(DERError) -> Value? {
    guard var inner = try fields.readOptional(DERTag.contextConstructed(number))?.reader else { return nil }
    let value = try read(&inner)
    try inner.finish()
    return value
  }

  private static func octets(_ number: UInt8, _ fields: inout DERReader) throws(DERError) -> [UInt8]? {
    try explicit(number, &fields) { reader throws(DERError) in
      let octets = try reader.readOctetString()
      guard octets.count <= maximumOctets else { throw .tooLong }
      return Array(octets)
    }
  }
}

extension PKIHeader {
  /// RFC 9810 §5.1.1.1: the client is content without a confirmation.
  var asksImplicitConfirm: Bool { generalInfo.contains { $0.type == InfoTypeAndValue.implicitConfirm } }

  /// RFC 9810 §5.1.1.4: the profile that the client names, when it names one.
  var certificateProfile: String? {
    guard let value = generalInfo.first(where: { $0.type == InfoTypeAndValue.certProfile })?.value else { return nil }
    var outer = DERReader(value)
    guard var names = try? outer.readSequence(), let name = try? names.read(DERTag.utf8String), names.isAtEnd else {
      return nil
    }
    return String(validating: name.content, as: UTF8.self)
  }
}

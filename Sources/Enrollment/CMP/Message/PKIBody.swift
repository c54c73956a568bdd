import WireFormats

/// PKIBody (RFC 9810 §5.1.2): what the messages that a client sends say, and the names of all.
public enum PKIBody: Sendable {
  /// The choices by their tag.
  public enum Kind: UInt8, Hashable, Sendable {
    case ir, ip, cr, cp, p10cr, popdecc, popdecr, kur, kup, krr, krp, rr, rp, ccr, ccp, ckuann, cann, rann, crlann
    case pkiconf, nested, genm, genp, error, certConf, pollReq, pollRep

    var tag: UInt8 { DERTag.contextConstructed(rawValue) }

    /// What answers a request for a certificate.
    var response: Kind? {
      switch self {
      case .ir: .ip
      case .cr, .p10cr: .cp
      case .kur: .kup
      default: nil
      }
    }
  }

  /// ir, cr and kur.
  case requests(CertReqMessages)
  /// p10cr: a PKCS#10 request, DER.
  case certificationRequest([UInt8])
  case revocation(RevReqContent)
  case confirmation([CertStatus])
  case poll(CertReqID)
  case general([InfoTypeAndValue])
  case nested([PKIMessage])
  case error(PKIStatusInfo)
  /// A choice that no client sends to an authority, or that is not done here.
  case other

  init(_ kind: Kind, _ body: DERElement) throws(DERError) {
    var reader = body.reader
    let content = try reader.read()
    try reader.finish()
    switch kind {
    case .ir, .cr, .kur: self = .requests(try CertReqMessages(parsing: content))
    case .p10cr: self = .certificationRequest(Array(content.encoded))
    case .rr: self = .revocation(try RevReqContent(parsing: content))
    case .certConf: self = .confirmation(try CertStatus.parseAll(content))
    case .pollReq: self = .poll(try Self.pollRequest(content))
    case .genm: self = .general(try InfoTypeAndValue.parseAll(content.checked(DERTag.sequence)))
    case .nested: self = .nested(try Self.messages(content))
    case .error: self = .error(try Self.status(content))
    default: self = .other
    }
  }

  /// Nested messages in one, as many as a gateway may send at once (RFC 9483 §5.2.2.2).
  static let maximumNested = 16

  private static func messages(_ content: DERElement) throws(DERError) -> [PKIMessage] {
    var reader = try content.checked(DERTag.sequence).reader
    var messages: [PKIMessage] = []
    repeat {
      guard messages.count < maximumNested else { throw .tooLong }
      messages.append(try PKIMessage(&reader))
    } while !reader.isAtEnd
    return messages
  }

  /// RFC 9810 §5.3.22: `SEQUENCE OF SEQUENCE { certReqId INTEGER }`; one, since each message asks for one certificate.
  private static func pollRequest(_ content: DERElement) throws(DERError) -> CertReqID {
    var reader = try content.checked(DERTag.sequence).reader
    var first = try reader.readSequence()
    let identifier = try first.readCertReqID()
    try first.finish()
    try reader.finish()
    return identifier
  }

  /// RFC 9810 §5.3.21: ErrorMsgContent; its code and details are for people.
  private static func status(_ content: DERElement) throws(DERError) -> PKIStatusInfo {
    var reader = try content.checked(DERTag.sequence).reader
    return try PKIStatusInfo(parsing: &reader)
  }
}

extension DERElement {
  /// Itself, if it has this tag.
  func checked(_ expected: UInt8) throws(DERError) -> DERElement {
    guard tag == expected else { throw .unexpectedTag(found: tag, expected: expected) }
    return self
  }
}

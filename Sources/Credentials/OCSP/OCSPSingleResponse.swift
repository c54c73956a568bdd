import WireFormats

/// What is said about one certificate (RFC 6960 §2.2).
public enum OCSPCertStatus: Hashable, Sendable {
  case good
  case revoked(at: Instant, reason: RevocationReason?)
  case unknown
}

/// RFC 6960 §4.2.1.
///
/// ```
/// SingleResponse ::= SEQUENCE { certID CertID, certStatus CertStatus, thisUpdate GeneralizedTime,
///   nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL, singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
public struct OCSPSingleResponse: Hashable, Sendable {
  public var certificate: OCSPCertID
  public var status: OCSPCertStatus
  /// When the status was known to be so.
  public var thisUpdate: Instant
  /// RFC 5019 §2.2.4: always set here; foreign answers go without.
  public var nextUpdate: Instant?

  public init(certificate: OCSPCertID, status: OCSPCertStatus, thisUpdate: Instant, nextUpdate: Instant?) {
    (self.certificate, self.status) = (certificate, status)
    (self.thisUpdate, self.nextUpdate) = (thisUpdate, nextUpdate)
  }

  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.raw(certificate.encoded)
      status.write(to: &$0)
      $0.generalizedTime(thisUpdate)
      if let nextUpdate {
        $0.constructed(DERTag.contextConstructed(0)) { $0.generalizedTime(nextUpdate) }
      }
    }
  }

  init(_ reader: inout DERReader) throws(DERError) {
    var fields = try reader.readSequence()
    certificate = try OCSPCertID(&fields)
    status = try OCSPCertStatus(&fields)
    thisUpdate = try fields.readGeneralizedTime()
    var next = try fields.readOptional(DERTag.contextConstructed(0))?.reader
    nextUpdate = try next?.readGeneralizedTime()
    try next?.finish()
    _ = try fields.readOptional(DERTag.contextConstructed(1))
    try fields.finish()
  }
}

extension OCSPCertStatus {
  // CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL }
  func write(to writer: inout DERWriter) {
    switch self {
    case .good: writer.primitive(DERTag.context(0), [])
    case .unknown: writer.primitive(DERTag.context(2), [])
    case .revoked(let at, let reason):
      writer.constructed(DERTag.contextConstructed(1)) {
        $0.generalizedTime(at)
        // RFC 6960 §4.2.1 leaves it optional, and unspecified says nothing (as RFC 5280 §5.3.1 has it for CRLs).
        if let reason, reason != .unspecified {
          $0.constructed(DERTag.contextConstructed(0)) { $0.integer(reason.rawValue, tag: DERTag.enumerated) }
        }
      }
    }
  }

  init(_ reader: inout DERReader) throws(DERError) {
    let element = try reader.read()
    switch element.tag {
    case DERTag.context(0): self = .good
    case DERTag.context(2): self = .unknown
    case DERTag.contextConstructed(1):
      var fields = element.reader
      let at = try fields.readGeneralizedTime()
      var reason: RevocationReason?
      if var explicit = try fields.readOptional(DERTag.contextConstructed(0))?.reader {
        reason = RevocationReason(rawValue: Int(try explicit.read(DERTag.enumerated).content.first ?? 0))
        try explicit.finish()
      }
      try fields.finish()
      self = .revoked(at: at, reason: reason)
    default: throw .unexpectedTag(found: element.tag, expected: DERTag.context(0))
    }
  }
}

extension DERReader {
  /// RFC 6960 §4.2.2.1: every time in an answer is a GeneralizedTime.
  mutating func readGeneralizedTime() throws(DERError) -> Instant {
    guard let tag = nextTag else { throw .truncated }
    guard tag == DERTag.generalizedTime else { throw .unexpectedTag(found: tag, expected: DERTag.generalizedTime) }
    return try readTime()
  }
}

import WireFormats

/// Why a request is not answered. Each becomes `malformedRequest` (RFC 6960 §2.3).
public enum OCSPRequestError: Error, Hashable, Sendable {
  /// More octets than the limit.
  case tooLarge(limit: Int)
  /// More certificates than the limit.
  case tooManyCertificates(limit: Int)
  case malformed(DERError)
  case duplicateExtension(ObjectIdentifier)
  case unsupportedVersion
  /// An empty requestList: the grammar allows it, and there is nothing to answer.
  case noCertificates
  /// RFC 9654 §2.1: a nonce of no octets or of more than 128.
  case badNonceLength(Int)
  /// RFC 6960 §4.4: an extension that is critical and not understood.
  case criticalExtension(ObjectIdentifier)
}

/// How much of a request is read.
public struct OCSPRequestLimits: Hashable, Sendable {
  public var octets: Int
  public var certificates: Int

  public init(octets: Int = 8192, certificates: Int = 32) { (self.octets, self.certificates) = (octets, certificates) }
}

/// What a client asks (RFC 6960 §4.1.1).
///
/// ```
/// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
/// TBSRequest ::= SEQUENCE { version [0] EXPLICIT DEFAULT v1, requestorName [1] EXPLICIT GeneralName OPTIONAL,
///   requestList SEQUENCE OF Request, requestExtensions [2] EXPLICIT Extensions OPTIONAL }
/// ```
/// A signature and the requestor's name are stepped over: anyone may ask, so neither would change the answer.
public struct OCSPRequest: Hashable, Sendable {
  public let certificates: [OCSPCertID]
  /// 1 to 128 octets (RFC 9654 §2.1); nil when none was sent.
  public let nonce: [UInt8]?
  public let isSigned: Bool

  public init(parsing encoded: [UInt8], limits: OCSPRequestLimits = OCSPRequestLimits()) throws(OCSPRequestError) {
    guard encoded.count <= limits.octets else { throw .tooLarge(limit: limits.octets) }
    do {
      try self.init(encoded, limits)
    } catch let error as OCSPRequestError {
      throw error
    } catch {
      throw .malformed(error as? DERError ?? .truncated)
    }
  }

  private init(_ encoded: [UInt8], _ limits: OCSPRequestLimits) throws {
    var outer = DERReader(encoded)
    var request = try outer.readSequence()
    try outer.finish()
    var fields = try request.readSequence()
    isSigned = try request.readOptional(DERTag.contextConstructed(0)) != nil
    try request.finish()
    if var version = try fields.readOptional(DERTag.contextConstructed(0))?.reader {
      guard try version.readSmallInteger() == 0 else { throw OCSPRequestError.unsupportedVersion }
      try version.finish()
    }
    _ = try fields.readOptional(DERTag.contextConstructed(1))
    certificates = try Self.certificates(fields.readSequence(), limit: limits.certificates)
    nonce = try Self.nonce(in: Self.extensions(fields.readOptional(DERTag.contextConstructed(2))))
    try fields.finish()
  }

  private static func certificates(_ list: DERReader, limit: Int) throws -> [OCSPCertID] {
    var list = list
    var certificates: [OCSPCertID] = []
    while !list.isAtEnd {
      guard certificates.count < limit else { throw OCSPRequestError.tooManyCertificates(limit: limit) }
      var fields = try list.readSequence()
      certificates.append(try OCSPCertID(&fields))
      // serviceLocator and its like mean nothing to a responder that knows its certificates by itself.
      let single = try extensions(fields.readOptional(DERTag.contextConstructed(0)))
      if let critical = single.first(where: \.critical) {
        throw OCSPRequestError.criticalExtension(critical.identifier)
      }
      try fields.finish()
    }
    guard !certificates.isEmpty else { throw OCSPRequestError.noCertificates }
    return certificates
  }

  private static func extensions(_ explicit: DERElement?) throws(OCSPRequestError) -> [CertificateExtension] {
    guard let explicit else { return [] }
    do {
      return try CertificateExtension.parseAll(explicit.content)
    } catch {
      switch error {
      case .malformed(let reason): throw .malformed(reason)
      case .duplicate(let identifier): throw .duplicateExtension(identifier)
      }
    }
  }

  private static func nonce(in extensions: [CertificateExtension]) throws -> [UInt8]? {
    var nonce: [UInt8]?
    for item in extensions {
      if item.identifier == ExtensionID.ocspNonce {
        var reader = DERReader(item.value)
        let octets = Array(try reader.readOctetString())
        try reader.finish()
        // RFC 9654 §2.1: "MUST reject any OCSP request that has a nonce with a length of 0 octets or more than 128".
        guard (1...128).contains(octets.count) else { throw OCSPRequestError.badNonceLength(octets.count) }
        nonce = octets
      } else if item.critical {
        throw OCSPRequestError.criticalExtension(item.identifier)
      }
    }
    return nonce
  }
}

extension OCSPRequest {
  /// The nonce that an answer repeats: one of 16 to 32 octets.
  ///
  /// RFC 9654 §2.1: a responder takes 16 to 32 octets, and may answer others (1 to 15, 33 to 128) without a nonce. Here
  /// those are answered so, from the cache: a short nonce protects nobody, and a long one is a payload of the client's
  /// choice under our signature.
  public var echoedNonce: [UInt8]? {
    guard let nonce, (16...32).contains(nonce.count) else { return nil }
    return nonce
  }

  /// An unsigned request, as a client makes it.
  public static func encode(_ certificates: [OCSPCertID], nonce: [UInt8]? = nil) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.sequence { for certificate in certificates { $0.sequence { $0.raw(certificate.encoded) } } }
          if let nonce {
            $0.constructed(DERTag.contextConstructed(2)) {
              $0.sequence { CertificateExtension.ocspNonce(nonce).write(to: &$0) }
            }
          }
        }
      }
    }
  }
}

extension CertificateExtension {
  /// RFC 9654 §2.1: the extension's value is an OCTET STRING of the nonce.
  static func ocspNonce(_ nonce: [UInt8]) -> CertificateExtension {
    let value = DERWriter.build { $0.octetString(nonce) }
    return CertificateExtension(identifier: ExtensionID.ocspNonce, critical: false, value: value)
  }
}

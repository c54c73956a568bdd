import WireFormats

/// What a responder says, to be signed (RFC 6960 §4.2.1).
///
/// ```
/// ResponseData ::= SEQUENCE { version [0] EXPLICIT DEFAULT v1, responderID ResponderID, producedAt GeneralizedTime,
///   responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
public struct OCSPResponseData: Sendable {
  /// RFC 6960 §4.2.1: byKey is the SHA-1 of the responder's subjectPublicKey octets, whatever it signs with.
  public var responderKeyHash: [UInt8]
  public var producedAt: Instant
  public var responses: [OCSPSingleResponse]
  /// Repeats the request's.
  public var nonce: [UInt8]?
  /// RFC 6960 §4.4.8: said when `revoked` is also the answer for what was never issued.
  public var statesExtendedRevoke: Bool
  public var signatureAlgorithm: SignatureAlgorithm

  public init(
    responderKeyHash: [UInt8], producedAt: Instant, responses: [OCSPSingleResponse], nonce: [UInt8]? = nil,
    statesExtendedRevoke: Bool = false, signatureAlgorithm: SignatureAlgorithm
  ) {
    self.responderKeyHash = responderKeyHash
    self.producedAt = producedAt
    self.responses = responses
    self.nonce = nonce
    self.statesExtendedRevoke = statesExtendedRevoke
    self.signatureAlgorithm = signatureAlgorithm
  }

  /// The DER of ResponseData.
  public var toBeSigned: [UInt8] {
    DERWriter.build(capacity: 160 + responses.count * 160) {
      $0.sequence {
        $0.constructed(DERTag.contextConstructed(2)) { $0.octetString(responderKeyHash) }
        $0.generalizedTime(producedAt)
        $0.sequence { for response in responses { response.write(to: &$0) } }
        let extensions = self.extensions
        if !extensions.isEmpty {
          $0.constructed(DERTag.contextConstructed(1)) {
            $0.sequence { for item in extensions { item.write(to: &$0) } }
          }
        }
      }
    }
  }

  /// The whole successful OCSPResponse with a BasicOCSPResponse in it.
  ///
  /// - Parameters:
  ///   - toBeSigned: What the signature was made over.
  ///   - certificates: DER; the delegated responder's own certificate, so that clients need not find it.
  public func encode(toBeSigned: [UInt8], signature: [UInt8], certificates: [[UInt8]]) -> [UInt8] {
    let basic = DERWriter.build(capacity: toBeSigned.count + 1024) {
      $0.sequence {
        $0.raw(toBeSigned)
        $0.raw(signatureAlgorithm.algorithmIdentifier)
        $0.bitString(signature)
        if !certificates.isEmpty {
          $0.constructed(DERTag.contextConstructed(0)) { $0.sequence { for item in certificates { $0.raw(item) } } }
        }
      }
    }
    return DERWriter.build(capacity: basic.count + 32) {
      $0.sequence {
        $0.integer(OCSPResponseStatus.successful.rawValue, tag: DERTag.enumerated)
        $0.constructed(DERTag.contextConstructed(0)) {
          $0.sequence {
            $0.objectIdentifier(OCSPResponse.basicIdentifier)
            $0.octetString(basic)
          }
        }
      }
    }
  }

  private var extensions: [CertificateExtension] {
    var extensions: [CertificateExtension] = []
    if let nonce { extensions.append(.ocspNonce(nonce)) }
    if statesExtendedRevoke {
      let value = DERWriter.build { $0.null() }
      extensions.append(
        CertificateExtension(identifier: OCSPResponse.extendedRevokeIdentifier, critical: false, value: value))
    }
    return extensions
  }
}

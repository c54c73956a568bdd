import Credentials
import Issuance
import Registry
import WireFormats

/// One EST request, as far as the transport read it.
public struct ESTRequest: Sendable {
  public let operation: ESTOperation
  /// RFC 7030 §3.2.2: the optional segment before the operation; here a profile's name.
  public let label: String?
  /// The Content-Type field.
  public let contentType: String?
  /// What the Authorization field says, when it is Basic.
  public let authorization: BasicAuthorization?
  /// DER of the certificate whose key the TLS handshake proved.
  public let certificate: [UInt8]?
  /// DER of what the client sent after it.
  public let chain: [[UInt8]]
  /// The Touchmark-Key-Home field: where the client says that its key lives. Other words than ours say nothing.
  public let keyHome: String?
  public let address: String

  public init(
    operation: ESTOperation, label: String?, contentType: String?, authorization: BasicAuthorization?,
    certificate: [UInt8]?, chain: [[UInt8]], keyHome: String? = nil, address: String
  ) {
    self.operation = operation
    self.label = label
    self.contentType = contentType
    self.authorization = authorization
    self.certificate = certificate
    self.chain = chain
    self.keyHome = keyHome
    self.address = address
  }
}

extension ESTRequest {
  /// Nil without a label. A label that cannot be a profile's name is as unknown as one that is none.
  func profile() throws(Refusal) -> ProfileName? {
    guard let label else { return nil }
    guard let name = ProfileName(rawValue: label) else {
      throw Refusal(.notFound, "there is no such profile at this address")
    }
    return name
  }

  /// What the client shows of itself; known before its body is read.
  public func credential() throws(Refusal) -> Credential {
    switch operation {
    case .simplereenroll:
      // RFC 7030 §3.3.2, §4.2.2: the certificate being renewed, or one that stands for it, is the TLS client
      // certificate. A Basic field beside it is ignored.
      guard let certificate else {
        throw Refusal(.forbidden, "simplereenroll needs the certificate to renew as TLS client certificate")
      }
      return .certificate(certificate, chain: chain)
    case .cacerts, .simpleenroll, .csrattrs, .fullcmc, .serverkeygen:
      // RFC 7030 §3.2.3: when a client shows both, the secret was given for this request, while a certificate may just
      // be what its TLS stack sends anywhere.
      if let authorization { return .secret(name: authorization.name, secret: authorization.secret) }
      if let certificate { return .certificate(certificate, chain: chain) }
      throw Refusal(.unauthenticated, "this needs a device's secret or a client certificate")
    }
  }

  /// The request in no protocol's terms.
  func enrollment(body: [UInt8], credential: Credential) throws(Refusal) -> EnrollmentRequest {
    try parsed(body: body, credential: credential).enrollment
  }

  func parsed(
    body: [UInt8], credential: Credential
  ) throws(Refusal) -> (request: CertificationRequest, enrollment: EnrollmentRequest) {
    let label = try profile()
    try checkContentType()
    guard let der = ESTBody.decode(body) else {
      throw Refusal(.badRequest, "the body is not a certification request in base64")
    }
    let request: CertificationRequest
    do throws(CertificationRequestError) {
      request = try CertificationRequest(parsing: der)
    } catch {
      throw Refusal(certificationRequest: error)
    }
    let enrollment = EnrollmentRequest(
      request: request, credential: credential, door: .est, label: label, isRenewal: operation == .simplereenroll,
      claimedHome: claimedHome, address: address)
    return (request, enrollment)
  }

  /// A key that is made here lives nowhere yet.
  private var claimedHome: ClaimedKeyHome? {
    operation == .serverkeygen ? nil : keyHome.flatMap { ClaimedKeyHome(rawValue: $0) }
  }

  /// RFC 7030 §4.2.1 asks for `application/pkcs10`. Clients exist that say nothing or `application/octet-stream`.
  /// The types that a page in a browser can send by itself stay outside.
  private func checkContentType() throws(Refusal) {
    guard let contentType else { return }
    let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
    guard ["application/pkcs10", "application/octet-stream", "application/x-pem-file"].contains(type) else {
      throw Refusal(.badRequest, "the Content-Type of a certification request is application/pkcs10")
    }
  }
}

extension Refusal {
  /// A certification request that cannot be read, in words for whoever made it.
  init(certificationRequest error: CertificationRequestError) {
    let reason =
      switch error {
      case .tooLarge: "the certification request is larger than \(CertificationRequest.maximumSize) octets"
      case .malformed: "the body is not a PKCS#10 certification request"
      case .unsupportedVersion: "the certification request has another version than 0"
      case .publicKey(.unsupported(let algorithm)): "keys of the algorithm \(algorithm) are not certified here"
      case .publicKey(.tooWeak(let reason)): "the key is too weak: \(reason)"
      case .publicKey(.malformed): "the certification request's key cannot be read"
      case .unsupportedSignatureAlgorithm(let algorithm):
        "the certification request is signed with the algorithm \(algorithm), which is not known here"
      case .duplicateAttribute(let attribute): "the certification request has the attribute \(attribute) twice"
      case .duplicateExtension(let identifier): "the certification request has the extension \(identifier) twice"
      case .malformedExtension(let identifier): "the requested extension \(identifier) cannot be read"
      }
    self.init(.badRequest, reason, detail: "\(error)")
  }
}

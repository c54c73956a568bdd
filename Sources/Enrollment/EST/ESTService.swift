import Credentials
import Issuance
import Registry

/// RFC 7030 between its bytes and issuing. It keeps nothing, and reads and writes no socket.
public struct ESTService: Sendable {
  /// The CSR attributes of a profile, DER (RFC 8951 §3.3, RFC 9908); nil when there is nothing to ask of clients.
  public typealias Attributes = @Sendable (ProfileName?) async throws(Refusal) -> [UInt8]?

  /// Who signs what carries a private key, as things stand now; nil where nobody does.
  public typealias KeySigning = @Sendable () async -> KeyPackageSigning?

  private let enrolling: any Enrolling
  private let attributes: Attributes
  private let keys: (any ServerKeyEnrolling)?
  private let keySigning: KeySigning

  /// - Parameter keys: makes keys for devices; nil where `serverkeygen` is not offered.
  public init(
    enrolling: any Enrolling, attributes: @escaping Attributes = { _ in nil }, keys: (any ServerKeyEnrolling)? = nil,
    keySigning: @escaping KeySigning = { nil }
  ) {
    self.enrolling = enrolling
    self.attributes = attributes
    self.keys = keys
    self.keySigning = keySigning
  }

  /// Whether an operation that the standard leaves optional is done here.
  public func offers(_ operation: ESTOperation) -> Bool {
    switch operation {
    case .cacerts, .simpleenroll, .simplereenroll, .csrattrs: true
    case .serverkeygen: keys != nil
    case .fullcmc: false
    }
  }

  /// RFC 7030 §4.1: to anybody, since a client may not know whom to trust yet.
  public func cacerts(_ request: ESTRequest) async throws(Refusal) -> ESTAnswer {
    let chains = try await enrolling.authorityChains(label: try request.profile())
    return .certificates(CertificatesOnly.encode(chains))
  }

  /// RFC 7030 §4.5. `challengePassword` is never among them: what it would carry, `tls-unique`, does not exist in
  /// TLS 1.3.
  public func csrattrs(_ request: ESTRequest) async throws(Refusal) -> ESTAnswer {
    let label = try request.profile()
    // An unknown label is refused in the same words as everywhere.
    if label != nil { _ = try await enrolling.authorityChains(label: label) }
    return .attributes(try await attributes(label))
  }

  /// RFC 7030 §4.4: a key made here, and its certificate.
  public func serverkeygen(
    _ request: ESTRequest, credential: Credential, body: [UInt8]
  ) async throws(Refusal) -> ESTAnswer {
    guard let keys else { return .notOffered(.serverkeygen) }
    let (asked, enrollment) = try request.parsed(body: body, credential: credential)
    // RFC 7030 §4.4.1.2: an unknown key to encrypt to ends it before a key is made.
    let delivery = try ESTKeyDelivery(asked, certificate: request.certificate)
    let made = try await keys.enrollMakingKey(enrollment)
    var part = try await delivery.part(made.key, signing: await keySigning())
    defer { part.wipe() }
    return .generated(part, certificatesOnly: CertificatesOnly.encode([made.issued.certificate]))
  }

  /// RFC 7030 §4.2: `simpleenroll` and `simplereenroll`.
  /// - Parameter credential: what `ESTRequest.credential()` said before the body was read.
  public func enroll(
    _ request: ESTRequest, credential: Credential, body: [UInt8]
  ) async throws(Refusal) -> ESTAnswer {
    let issued = try await enrolling.enroll(try request.enrollment(body: body, credential: credential))
    // RFC 7030 §4.2.3: only the certificate that was issued; its chain is what cacerts is for.
    return .certificates(CertificatesOnly.encode([issued.certificate]))
  }
}

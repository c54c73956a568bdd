import Credentials
import Issuance
import Registry

/// RFC 7030 between its bytes and issuing. It keeps nothing, and reads and writes no socket.
public struct ESTService: Sendable {
  /// The CSR attributes of a profile, DER (RFC 8951 §3.3, RFC 9908); nil when there is nothing to ask of clients.
  public typealias Attributes = @Sendable (ProfileName?) async throws(Refusal) -> [UInt8]?

  private let enrolling: any Enrolling
  private let attributes: Attributes

  public init(enrolling: any Enrolling, attributes: @escaping Attributes = { _ in nil }) {
    self.enrolling = enrolling
    self.attributes = attributes
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

import Credentials
import Issuance
import Registry
import WireFormats

/// RFC 8894 between its bytes and issuing. It keeps nothing, and reads and writes no socket.
public struct SCEPService: Sendable {
  /// Who opens and signs the messages of a profile. Throws `notFound` for one that SCEP does not serve.
  public typealias Authorities = @Sendable (ProfileName) async throws(Refusal) -> RegistrationAuthority
  /// The certificates that a profile's next authority will issue with, before it does; empty when there is none.
  public typealias NextAuthorities = @Sendable (ProfileName) async throws(Refusal) -> [[UInt8]]

  let enrolling: any Enrolling
  let authorities: Authorities
  let nextAuthorities: NextAuthorities
  let secrets: any SecretOpening
  let records: any SCEPRecords
  let now: Clock

  public init(
    enrolling: any Enrolling, authorities: @escaping Authorities,
    nextAuthorities: @escaping NextAuthorities = { _ in [] }, secrets: any SecretOpening, records: any SCEPRecords,
    clock: @escaping Clock
  ) {
    self.enrolling = enrolling
    self.authorities = authorities
    self.nextAuthorities = nextAuthorities
    self.secrets = secrets
    self.records = records
    now = clock
  }

  /// RFC 8894 §3.5: what clients choose from. SHA-384 is no word of the standard's, and one common client takes
  /// SHA-512 for it, and nothing for SHA-256, unless it stands there.
  public func capabilities(_ profile: ProfileName) async throws(Refusal) -> SCEPAnswer {
    _ = try await authorities(profile)
    var words = ["AES", "POSTPKIOperation", "Renewal", "SHA-256", "SHA-384", "SHA-512", "SCEPStandard"]
    if try await !nextAuthorities(profile).isEmpty { words.append("GetNextCACert") }
    return SCEPAnswer(contentType: "text/plain", body: Array((words.joined(separator: "\n") + "\n").utf8))
  }

  /// RFC 8894 §4.2.1.2: the registration authority's certificate and the chain that it hangs on.
  public func authorityCertificates(_ profile: ProfileName) async throws(Refusal) -> SCEPAnswer {
    let authority = try await authorities(profile)
    let chain = try await enrolling.authorityChains(label: profile)
    return SCEPAnswer(
      contentType: "application/x-x509-ca-ra-cert",
      body: CertificatesOnly.encode([authority.certificate.encoded] + chain))
  }

  /// RFC 8894 §4.7.1: the next authority's certificates, signed by the one that clients trust now.
  public func nextAuthorityCertificates(_ profile: ProfileName) async throws(Refusal) -> SCEPAnswer {
    let authority = try await authorities(profile)
    let next = try await nextAuthorities(profile)
    guard !next.isEmpty else { throw Refusal(.notFound, "there is no next authority yet") }
    let content = CertificatesOnly.encode(next)
    let signer = SignerInfo.ToBeSigned(
      content: content, type: CMSContentType.signedData, identifier: CertificateIdentifier(authority.certificate),
      algorithm: authority.algorithm, isUnderKeyIdentifier: true)
    return SCEPAnswer(
      contentType: "application/x-x509-next-ca-cert",
      body: SignedData.encode(
        content: content, type: CMSContentType.signedData, signers: [(signer, try authority.sign(signer.message))],
        certificates: [authority.certificate.encoded]))
  }

  /// RFC 8894 §4.3: a pkiMessage, answered by a CertRep. What cannot be answered with one is told in HTTP's words.
  public func operate(_ encoded: [UInt8], profile: ProfileName, address: String) async throws(Refusal) -> SCEPAnswer {
    let authority = try await authorities(profile)
    let message: SCEPMessage
    do throws(CMSError) { message = try SCEPMessage(parsing: encoded) } catch {
      throw Refusal(.badRequest, "the body is not a pkiMessage of SCEP", detail: "\(error)")
    }
    let transaction = SCEPExchange(
      service: self, authority: authority, profile: profile, message: message, address: address)
    return try await transaction.answer()
  }
}

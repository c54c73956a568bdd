import Credentials
import Issuance
import WireFormats

/// Opening what a client encrypted, and encrypting to it.
extension SCEPExchange {
  /// A challenge password of ours has 256 bits: its derivation needs no cost, and a stranger may not ask for any.
  private static let iterations = 10_000
  /// Passwords that one message may be tried with.
  private static let maximumSecrets = 3

  func open(_ message: SCEPMessage, _ certificate: SignerCertificate) async throws -> SCEPRequest {
    let envelope = try message.envelope()
    guard let encryption = envelope.contentEncryption else {
      throw SCEPFailure(.badAlg, "the content encryption is not taken here: AES-128 and AES-256 in CBC mode are")
    }
    do throws(CMSError) {
      let content = try envelope.open(authority.opening, of: authority.certificates)
      return SCEPRequest(
        message: message, certificate: certificate, content: content, contentEncryption: encryption, password: nil)
    } catch .notARecipient {
      let opened = try await open(envelope, named: SCEPRequest.name(certificate.subject) ?? "")
      return SCEPRequest(
        message: message, certificate: certificate, content: opened.content, contentEncryption: encryption,
        password: opened.password)
    } catch {
      throw SCEPFailure(error)
    }
  }

  /// RFC 8894 §3.1: under the challenge password, by a client whose key cannot be encrypted to. The client's own
  /// certificate names it. As much is computed for a name that is not there.
  private func open(
    _ envelope: EnvelopedData, named name: String
  ) async throws -> (content: [UInt8], password: (name: String, secret: [UInt8])) {
    let found = try await service.secrets.secrets(named: name).prefix(Self.maximumSecrets)
    let candidates = found.isEmpty ? [[UInt8].random(count: 43)] : Array(found)
    for secret in candidates {
      do throws(CMSError) {
        let content = try envelope.open(password: secret, maximumIterations: Self.iterations)
        if !found.isEmpty { return (content, (name, secret)) }
      } catch .cannotOpen {
        continue
      } catch {
        throw SCEPFailure(error)
      }
    }
    throw SCEPFailure(
      .badMessageCheck, SCEPFailure.unreadable.text, refusal: Refusal(.unauthenticated, "name or secret is wrong"))
  }

  /// certs-only (RFC 8894 §3.4), encrypted to whoever asked.
  func seal(
    _ certificates: [[UInt8]], lists: [[UInt8]] = [], to request: SCEPRequest, _ asked: CertificationRequest?
  ) throws(SCEPFailure) -> [UInt8] {
    let content = SignedData.encode(
      content: nil, type: CMSContentType.data, signers: [], certificates: certificates, revocationLists: lists)
    do throws(CMSError) {
      return try EnvelopedData.encode(
        content: content, to: [try Self.recipient(request, asked)], algorithm: request.contentEncryption)
    } catch {
      throw SCEPFailure(.badAlg, "nothing can be encrypted to the signer's key")
    }
  }

  /// RFC 8894 §3.1: to the key that signed; where that only signs, under the challenge password.
  private static func recipient(
    _ request: SCEPRequest, _ asked: CertificationRequest?
  ) throws(CMSError) -> Recipient {
    if let password = request.password { return .password(password.secret, iterations: iterations) }
    if request.certificate.publicKey?.algorithm.isRSA != true, let challenge = asked?.challengePassword,
      !challenge.isEmpty
    {
      return .password(Array(challenge.utf8), iterations: iterations)
    }
    // A client on P-256 that has no password, as in a renewal: by key agreement.
    guard let recipient = Recipient(request.certificate) else { throw .cannotSeal }
    return recipient
  }
}

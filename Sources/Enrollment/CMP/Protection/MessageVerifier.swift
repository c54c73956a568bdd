import Credentials
import Issuance
import WireFormats

/// Checks a message's protection over the octets that were received (RFC 9810 §5.1.3, RFC 9483 §3.5).
struct MessageVerifier: Sendable {
  let secrets: any SecretOpening

  /// Compared with where there is no such name, so that the time taken tells nothing.
  private static let decoy = Array(EnrollmentSecret().text.utf8)
  /// A device has few secrets that are good at once.
  private static let maximumSecrets = 3
  /// A serial that two manufacturers use, or a device that is a grant's namesake.
  private static let leastSecrets = 2

  /// What a message's protection shows.
  enum Finding: Sendable {
    case protector(Protector)
    /// The MAC is not one of this name's, or there is no such name.
    case wrongSecret(name: String)
  }

  func verify(_ message: PKIMessage) async throws(PKIStatusInfo) -> Finding {
    guard let algorithm = message.header.protectionAlgorithm, let protection = message.protection else {
      guard message.header.protectionAlgorithm == nil, message.protection == nil else {
        throw .rejection(.badMessageCheck, "protection and protectionAlg come together")
      }
      return .protector(.nobody)
    }
    if let known = SignatureAlgorithm(algorithmIdentifier: algorithm) {
      return .protector(try verify(message, signature: protection, known))
    }
    guard let password = try PasswordProtection(algorithmIdentifier: algorithm) else {
      throw .rejection(.badAlg, "the protection's algorithm is not known here")
    }
    guard let name = Self.reference(message.header) else {
      throw .rejection(.badMessageCheck, "senderKID must name the device's serial or the grant")
    }
    return try await verify(message, code: protection, name: name, password).map { .protector($0) }
      ?? .wrongSecret(name: name)
  }

  /// RFC 9810 §5.1.1: under a MAC senderKID is the reference to the secret.
  private static func reference(_ header: PKIHeader) -> String? {
    guard let octets = header.senderKeyIdentifier, !octets.isEmpty else { return nil }
    return String(validating: octets, as: UTF8.self)
  }

  private func verify(
    _ message: PKIMessage, code: ArraySlice<UInt8>, name: String, _ password: PasswordProtection
  ) async throws(PKIStatusInfo) -> Protector? {
    var candidates: [[UInt8]]
    do throws(Refusal) {
      candidates = try await secrets.secrets(named: name)
    } catch {
      throw PKIStatusInfo(error)
    }
    // As much is computed for a name that is not there, and for one with a secret, as for one with two.
    while candidates.count < Self.leastSecrets { candidates.insert(Self.decoy, at: 0) }
    var found: [UInt8]?
    for candidate in candidates.suffix(Self.maximumSecrets)
    where password.mac.isValid(code, for: message.protectedPart, key: password.key(candidate)) {
      found = candidate
    }
    return found.map { .secret(name: name, secret: $0, password) }
  }

  /// RFC 9483 §3.3: the protecting certificate is the first of extraCerts. §3.5: sender is its subject, and senderKID
  /// its key identifier.
  private func verify(
    _ message: PKIMessage, signature: ArraySlice<UInt8>, _ algorithm: SignatureAlgorithm
  ) throws(PKIStatusInfo) -> Protector {
    guard let first = message.extraCertificates.first, let certificate = try? Certificate(parsing: first) else {
      throw .rejection(.badMessageCheck, "extraCerts must begin with the certificate of the key that signed")
    }
    guard message.header.senderName == certificate.subject else {
      throw .rejection(.badMessageCheck, "sender is not the subject of the certificate that signed")
    }
    let identifier = certificate.subjectKeyIdentifier ?? certificate.publicKey?.keyIdentifier
    guard message.header.senderKeyIdentifier.map({ $0 == identifier }) ?? true else {
      throw .rejection(.badMessageCheck, "senderKID is not the key identifier of the certificate that signed")
    }
    // RFC 9483 §3.2: a certificate that states its key's usage states digitalSignature.
    guard certificate.keyUsage?.contains(.digitalSignature) ?? true else {
      throw .rejection(.badMessageCheck, "the certificate's key may not sign messages (keyUsage)")
    }
    guard let key = certificate.publicKey,
      key.isValidSignature(signature, over: message.protectedPart, algorithm: algorithm)
    else { throw .rejection(.badMessageCheck, "the message's signature is not valid") }
    return .certificate(certificate, chain: Array(message.extraCertificates.dropFirst()))
  }
}

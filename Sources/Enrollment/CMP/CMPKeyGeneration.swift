import Credentials
import Issuance
import Registry

/// Makes keys for devices that ask for one (RFC 9483 §4.1.6), where their profile allows that. No key is kept: an answer
/// that carries one is not remembered either.
public struct CMPKeyGeneration: Sendable {
  /// Who signs what carries a key, by the profile that the address names.
  public typealias Signing = @Sendable (ProfileName?) async throws(Refusal) -> KeyPackageSigning

  private let enrolling: any ServerKeyEnrolling
  private let signing: Signing

  public init(enrolling: any ServerKeyEnrolling, signing: @escaping Signing) {
    (self.enrolling, self.signing) = (enrolling, signing)
  }

  /// - Returns: what was issued, and its key as an EnvelopedData, DER.
  func enroll(
    _ request: EnrollmentRequest, of kind: ServerKeyKind, to recipient: Recipient
  ) async throws(Refusal) -> (issued: Issued, privateKey: [UInt8]) {
    // Whoever may not have a key made does not have the signer's certificate made either; and a signer that is away
    // costs nobody a right that was used up for a key that cannot be delivered.
    try await enrolling.decideMakingKey(request, of: kind)
    let signing = try await signing(request.label)
    let made = try await enrolling.enrollMakingKey(request, of: kind)
    let package = KeyPackage(recipient: recipient, signing: signing, form: .version2)
    return (made.issued, try await package.envelopedData(made.key))
  }
}

extension Recipient {
  /// By the request's protection (RFC 9483 §4.1.6.1 to §4.1.6.3 with errata 7833, 8183 and 8184): to
  /// the key that signed the request, else under the secret that protects it.
  init(of protector: Protector) throws(PKIStatusInfo) {
    switch protector {
    case .nobody: throw .rejection(.badMessageCheck, "this message must be protected, by a secret or a signature")
    case .secret(_, let secret, _):
      self = .password(secret, iterations: PasswordProtection.iterationRange.upperBound, wrap: .keyWrap)
    case .certificate(let certificate, _):
      let name = certificate.subjectKeyIdentifier.map { CertificateIdentifier.subjectKeyIdentifier($0) }
      guard certificate.takesEncryption,
        let recipient = Recipient(
          certificate, named: name ?? CertificateIdentifier(certificate), transport: .oaepSHA256)
      else {
        throw .rejection(
          .badCertTemplate,
          "a key can be made for a certificate that agrees on keys or enciphers them (keyUsage), or under a secret")
      }
      self = recipient
    }
  }
}

extension Certificate {
  /// RFC 5280 §4.2.1.3: a certificate that states its key's usage states this one.
  fileprivate var takesEncryption: Bool {
    guard let usage = keyUsage else { return true }
    return usage.contains(publicKey?.algorithm.isRSA == true ? .keyEncipherment : .keyAgreement)
  }
}

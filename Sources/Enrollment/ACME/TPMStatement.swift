import Attestation
import Credentials
import Crypto
import WireFormats

/// The `tpm` attestation statement (WebAuthn Level 2 §8.3), as draft-ietf-acme-device-attest-07 §5 narrows it: `x5c` is
/// the attestation key's certificate and its chain, and what TPM2_Certify was given is the digest of the key
/// authorization.
struct TPMStatement {
  private let publicArea: [UInt8]
  private let attest: [UInt8]
  private let signature: [UInt8]
  private let algorithm: SignatureAlgorithm

  init(_ statement: CBOR) throws(ACMEProblem) {
    guard statement["ver"]?.characters == "2.0" else { throw Self.bad("\"ver\" is 2.0") }
    guard let publicArea = statement["pubArea"]?.octets, let attest = statement["certInfo"]?.octets,
      let signature = statement["sig"]?.octets
    else { throw Self.bad("the statement has \"pubArea\", \"certInfo\" and \"sig\", which are octets") }
    guard let algorithm = statement["alg"]?.integer.flatMap(Self.algorithm) else {
      throw Self.bad("\"alg\" is RS256, RS384, RS512, PS256, ES256, ES384 or ES512")
    }
    (self.publicArea, self.attest, self.signature) = (publicArea, attest, signature)
    self.algorithm = algorithm
  }

  /// The key that the attestation key of this certificate certified for this challenge.
  func attestedKey(by leaf: Certificate, over keyAuthorization: String) throws(ACMEProblem) -> SubjectPublicKeyInfo {
    do throws(AttestationFailure) {
      let attestationKey = try AttestationCertificate(leaf)
      guard algorithm.fits(attestationKey.publicKey.algorithm) else { throw .signatureScheme }
      return try CertifiedKey.attested(
        publicArea: publicArea, attest: attest, signature: signature, by: attestationKey,
        nonce: digest(Array(keyAuthorization.utf8))
      ).publicKey
    } catch {
      throw Self.bad(error.description)
    }
  }

  /// WebAuthn: "the hash of attToBeSigned using the hash algorithm employed in alg".
  private func digest(_ octets: [UInt8]) -> [UInt8] {
    switch algorithm {
    case .rsaPKCS1WithSHA384, .ecdsaWithSHA384: Array(SHA384.hash(data: octets))
    case .rsaPKCS1WithSHA512, .ecdsaWithSHA512: Array(SHA512.hash(data: octets))
    case .rsaPKCS1WithSHA256, .rsaPSSWithSHA256, .ecdsaWithSHA256, .ed25519: Array(SHA256.hash(data: octets))
    }
  }

  /// COSE algorithms (RFC 9053 §2, RFC 8812 §2, RFC 8230 §2) that a TPM has.
  private static func algorithm(_ number: Int64) -> SignatureAlgorithm? {
    switch number {
    case -7: .ecdsaWithSHA256
    case -35: .ecdsaWithSHA384
    case -36: .ecdsaWithSHA512
    case -37: .rsaPSSWithSHA256
    case -257: .rsaPKCS1WithSHA256
    case -258: .rsaPKCS1WithSHA384
    case -259: .rsaPKCS1WithSHA512
    default: nil
    }
  }

  private static func bad(_ detail: String) -> ACMEProblem { ACMEProblem(.badAttestationStatement, detail) }
}

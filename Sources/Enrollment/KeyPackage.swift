import Credentials
import Issuance
import WireFormats

/// Signs what carries a private key that was made here (RFC 7030 §4.4.2, RFC 9483 §4.1.6).
public struct KeyPackageSigning: Sendable {
  /// The signer's certificate and those above it, DER.
  let certificates: [[UInt8]]
  let algorithm: SignatureAlgorithm
  let sign: @Sendable ([UInt8]) async throws -> [UInt8]

  public init(
    certificates: [[UInt8]], algorithm: SignatureAlgorithm, sign: @Sendable @escaping ([UInt8]) async throws -> [UInt8]
  ) {
    (self.certificates, self.algorithm, self.sign) = (certificates, algorithm, sign)
  }
}

/// EnvelopedData over SignedData over an AsymmetricKeyPackage (RFC 5958 §2): the form in which EST and CMP deliver a
/// private key.
struct KeyPackage: Sendable {
  /// id-ct-KP-aKeyPackage.
  private static let contentType = ObjectIdentifier([2, 16, 840, 1, 101, 2, 1, 2, 78, 5])

  /// How the key is written, and how the signer is named.
  enum Form {
    /// PKCS#8 as it is; the signer by issuer and serial number.
    case version1
    /// RFC 9483 §4.1.6: with the public key; the signer by its key identifier.
    case version2
  }

  let recipient: Recipient
  let signing: KeyPackageSigning
  let form: Form

  /// An EnvelopedData alone, as CMP embeds it, DER. Copies of the key are wiped before this returns.
  func envelopedData(_ key: GeneratedKey) async throws(Refusal) -> [UInt8] {
    do {
      let certificate = try Certificate(parsing: signing.certificates.first ?? [])
      var package = try package(key)
      defer { GeneratedKey.wipe(&package) }
      let signer = SignerInfo.ToBeSigned(
        content: package, type: Self.contentType, identifier: try identifier(of: certificate),
        algorithm: signing.algorithm)
      var signed = SignedData.encode(
        content: package, type: Self.contentType, signers: [(signer, try await signing.sign(signer.message))],
        certificates: signing.certificates)
      defer { GeneratedKey.wipe(&signed) }
      // RFC 5652 §6.1: what is enveloped under the type SignedData is the SignedData, without its ContentInfo.
      var content = Array(try ContentInfo(parsing: signed).content)
      defer { GeneratedKey.wipe(&content) }
      return try EnvelopedData.encodeBody(content: content, type: CMSContentType.signedData, to: [recipient])
    } catch {
      throw Refusal(.unavailable, "the key cannot be encrypted now", detail: "\(error)")
    }
  }

  private func identifier(of certificate: Certificate) throws -> CertificateIdentifier {
    guard form == .version2 else { return CertificateIdentifier(certificate) }
    guard let identifier = certificate.subjectKeyIdentifier else { throw CMSError.cannotSeal }
    return .subjectKeyIdentifier(identifier)
  }

  private func package(_ key: GeneratedKey) throws -> [UInt8] {
    guard form == .version2 else {
      return key.withPKCS8 { octets in DERWriter.build { $0.sequence { $0.raw(octets) } } }
    }
    return try key.withPKCS8 { octets in
      var copy = Array(octets)
      defer { GeneratedKey.wipe(&copy) }
      return try Self.withPublicKey(copy, key.publicKey)
    }
  }

  /// `OneAsymmetricKey ::= SEQUENCE { version (v2), privateKeyAlgorithm, privateKey OCTET STRING, attributes [0] OPTIONAL,
  /// publicKey [1] IMPLICIT BIT STRING }`
  private static func withPublicKey(_ pkcs8: [UInt8], _ publicKey: SubjectPublicKeyInfo) throws -> [UInt8] {
    var outer = DERReader(pkcs8)
    var fields = try outer.readSequence()
    _ = try fields.readSmallInteger()
    let algorithm = try fields.read(DERTag.sequence)
    let octets = try fields.read(DERTag.octetString)
    return DERWriter.build(capacity: pkcs8.count + publicKey.keyOctets.count + 32) {
      $0.sequence {
        $0.sequence {
          $0.integer(1)
          $0.raw(algorithm.encoded)
          $0.raw(octets.encoded)
          $0.primitive(DERTag.context(1), [0] + publicKey.keyOctets)
        }
      }
    }
  }
}

import Credentials
import Issuance
import WireFormats

/// Signs what carries a private key that was made here (RFC 7030 §4.4.2): with the key of the server's own certificate.
public struct ESTKeySigning: Sendable {
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

/// How a private key reaches the client: in TLS alone, or encrypted to a key of the client's besides.
struct ESTKeyDelivery: Sendable {
  /// id-ct-KP-aKeyPackage (RFC 5958 §2).
  private static let keyPackage = ObjectIdentifier([2, 16, 840, 1, 101, 2, 1, 2, 78, 5])

  /// Nil for TLS alone.
  private let recipient: Recipient?

  /// - Parameter certificate: what the client showed in TLS.
  /// - Throws: `badRequest` when the request names a key that is not known here (RFC 7030 §4.4.1.2: no key is made then).
  init(_ request: CertificationRequest, certificate: [UInt8]?) throws(Refusal) {
    let protection: PrivateKeyProtection
    do throws(DERError) {
      protection = try request.privateKeyProtection()
    } catch {
      throw Refusal(.badRequest, "the request's attributes about the private key's encryption cannot be read")
    }
    switch protection {
    case .transport: recipient = nil
    case .symmetric: throw Refusal(.badRequest, "no symmetric key of this identifier is known here")
    case .asymmetric(let identifier): recipient = try Self.recipient(identifier, certificate)
    }
  }

  private static func recipient(_ identifier: [UInt8], _ encoded: [UInt8]?) throws(Refusal) -> Recipient {
    guard let encoded, let certificate = try? Certificate(parsing: encoded),
      certificate.subjectKeyIdentifier == identifier
    else {
      throw Refusal(
        .badRequest, "no key of this identifier is known here: it is that of the TLS client certificate, or none")
    }
    guard let recipient = Recipient(certificate, transport: .oaepSHA256) else {
      throw Refusal(.badRequest, "the TLS client certificate's key signs and does not encrypt")
    }
    return recipient
  }

  /// The part of the answer that holds the key. Copies of the key are wiped before this returns; the part itself is the
  /// caller's.
  func part(_ key: GeneratedKey, signing: ESTKeySigning?) async throws(Refusal) -> ESTPart {
    guard let recipient else {
      return key.withPKCS8 { octets in
        var pkcs8 = Array(octets)
        defer { GeneratedKey.wipe(&pkcs8) }
        return ESTPart(contentType: "application/pkcs8", content: ESTBody.encode(pkcs8))
      }
    }
    guard let signing else { throw Refusal(.unavailable, "nothing here can sign what carries the key") }
    return ESTPart(
      contentType: "application/pkcs7-mime; smime-type=server-generated-key",
      content: ESTBody.encode(try await Self.enveloped(key, to: recipient, signing)))
  }

  /// RFC 7030 §4.4.2: EnvelopedData over SignedData over AsymmetricKeyPackage (RFC 5958 §2).
  private static func enveloped(
    _ key: GeneratedKey, to recipient: Recipient, _ signing: ESTKeySigning
  ) async throws(Refusal) -> [UInt8] {
    var package = key.withPKCS8 { octets in DERWriter.build { $0.sequence { $0.raw(Array(octets)) } } }
    defer { GeneratedKey.wipe(&package) }
    do {
      guard let own = signing.certificates.first else { throw CMSError.cannotSeal }
      let signer = SignerInfo.ToBeSigned(
        content: package, type: keyPackage, identifier: CertificateIdentifier(try Certificate(parsing: own)),
        algorithm: signing.algorithm)
      var signed = SignedData.encode(
        content: package, type: keyPackage, signers: [(signer, try await signing.sign(signer.message))],
        certificates: signing.certificates)
      defer { GeneratedKey.wipe(&signed) }
      return try EnvelopedData.encode(
        content: try signedContent(signed), type: CMSContentType.signedData, to: [recipient])
    } catch {
      throw Refusal(.unavailable, "the key cannot be encrypted now", detail: "\(error)")
    }
  }

  /// RFC 5652 §6.1: what is enveloped under the type SignedData is the SignedData, without its ContentInfo.
  private static func signedContent(_ encoded: [UInt8]) throws -> [UInt8] {
    Array(try ContentInfo(parsing: encoded).content)
  }
}

import Credentials
import Issuance
import WireFormats

/// How a private key reaches the client: in TLS alone, or encrypted to a key of the client's besides.
struct ESTKeyDelivery: Sendable {
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
  func part(_ key: GeneratedKey, signing: KeyPackageSigning?) async throws(Refusal) -> ESTPart {
    guard let recipient else {
      return key.withPKCS8 { octets in
        var pkcs8 = Array(octets)
        defer { GeneratedKey.wipe(&pkcs8) }
        return ESTPart(contentType: "application/pkcs8", content: ESTBody.encode(pkcs8))
      }
    }
    guard let signing else { throw Refusal(.unavailable, "nothing here can sign what carries the key") }
    let package = KeyPackage(recipient: recipient, signing: signing, form: .version1)
    let enveloped = try await package.envelopedData(key)
    return ESTPart(
      contentType: "application/pkcs7-mime; smime-type=server-generated-key",
      content: ESTBody.encode(ContentInfo.encode(CMSContentType.envelopedData, content: enveloped)))
  }
}

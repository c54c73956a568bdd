import Credentials
import KeyCustody
import WireFormats

/// A key that was made here for a device. It is nowhere but in this value, and is wiped with it.
public struct GeneratedKey: Sendable {
  /// What was asked for, with this key, and signed by it.
  let request: CertificationRequest
  private let pkcs8: SecretBytes

  /// Of the kind that the request names; the key in the request counts for nothing else (RFC 7030 §4.4.1).
  ///
  /// - Throws: `unavailable`.
  static func make(for asked: RequestedCertificate) async throws(Refusal) -> GeneratedKey {
    do {
      let key = try await SoftwareKey.generated(asked.publicKey.algorithm)
      let request = try CertificationRequest.encode(
        subject: asked.subject, publicKey: key.publicKey,
        extensions: asked.extensions.filter { $0.identifier != ExtensionID.subjectKeyIdentifier },
        signatureAlgorithm: key.algorithm
      ) { message throws(SigningError) in try key.signature(over: message) }
      guard let pkcs8 = key.pkcs8 else { throw Refusal(.unavailable, "no key can be made here now") }
      return GeneratedKey(request: try CertificationRequest(parsing: request), pkcs8: pkcs8)
    } catch {
      throw Refusal(.unavailable, "no key can be made here now", detail: "\(error)")
    }
  }

  /// Overwrites a copy of the key.
  public static func wipe(_ octets: inout [UInt8]) { SecretBytes.wipe(&octets) }

  public var publicKey: SubjectPublicKeyInfo { request.publicKey }

  /// PKCS#8, DER. What is copied out of `body` is the caller's to wipe.
  public func withPKCS8<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try pkcs8.withBytes(body)
  }
}

import Credentials
import KeyCustody
import Registry
import WireFormats

/// A delegated responder's key and the certificate that an authority gave it (RFC 6960 §4.2.2.2).
public struct ResponderCredential: Sendable {
  public let signer: any Signer
  public let certificate: Certificate
  /// SHA-1 of the key's octets, as byKey names it.
  let keyHash: [UInt8]

  /// Checks that clients will believe it.
  ///
  /// RFC 6960 §4.2.2.2: the EKU id-kp-OCSPSigning; §4.2.2.2.1: id-pkix-ocsp-nocheck, since nothing answers for the
  /// responder itself.
  public init(signer: any Signer, certificate: Certificate) throws(ResponderError) {
    guard certificate.publicKey == signer.publicKey else { throw .unfit("the certificate is for another key") }
    guard certificate.extendedKeyUsages.contains(ExtendedKeyUsage.ocspSigning) else {
      throw .unfit("the certificate has no OCSPSigning")
    }
    guard certificate.extensions.contains(where: { $0.identifier == ExtensionID.ocspNoCheck }) else {
      throw .unfit("the certificate has no id-pkix-ocsp-nocheck")
    }
    (self.signer, self.certificate, keyHash) = (signer, certificate, signer.publicKey.keyIdentifier)
  }
}

/// Why there is nobody to sign an answer.
public enum ResponderError: Error, Hashable, Sendable {
  /// Nobody answers for this authority here (a root whose key is away).
  case noResponder(AuthorityID)
  /// What was issued is not a responder's certificate.
  case unfit(String)
}

/// Who signs for an authority.
public protocol ResponderCredentialSource: Sendable {
  func credential(for authority: AuthorityID) async throws -> ResponderCredential
  /// The standing of a certificate changed; true when it was the one in use, which signs nothing more.
  func withdraw(_ serial: SerialNumber, under authority: AuthorityID) async -> Bool
}

import Credentials

/// Why custody did not sign.
public enum SigningError: Error, Hashable, Sendable {
  /// The key's home is away (a token was removed, its network is down); the same request may succeed later.
  case unavailable(String)
  /// The key's home refused, and will again.
  case refused(String)
}

/// A private key that can be used and not read, wherever it lives.
public protocol Signer: Sendable {
  var publicKey: SubjectPublicKeyInfo { get }
  /// What `sign` produces with this key.
  var algorithm: SignatureAlgorithm { get }
  /// Signs a message (not a digest) and returns the signature as X.509 carries it: for ECDSA the DER
  /// `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
  func sign(_ message: [UInt8]) async throws(SigningError) -> [UInt8]
}

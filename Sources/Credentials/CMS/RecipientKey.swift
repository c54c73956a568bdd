import Crypto
import WireFormats

/// A private key that can open what was encrypted to it, and not be read, wherever it lives.
public protocol RecipientKey: Sendable {
  var publicKey: SubjectPublicKeyInfo { get }

  /// A content key out of key transport; nil on every failure, without saying which.
  func decrypt(_ encryptedKey: [UInt8], _ transport: KeyTransport) -> SymmetricKey?

  /// X9.63's key derivation (RFC 5753 §7.2) of what ECDH with this point gives; nil when the point is not on the key's
  /// curve, or the key agrees on nothing.
  func agreedKey(
    with point: [UInt8], sharedInfo: [UInt8], size: Int, digest: DigestAlgorithm
  ) -> SymmetricKey?
}

extension SharedSecret {
  /// X9.63's key derivation with one of our digests.
  public func agreedKey(sharedInfo: [UInt8], size: Int, digest: DigestAlgorithm) -> SymmetricKey {
    switch digest {
    case .sha256: x963DerivedSymmetricKey(using: SHA256.self, sharedInfo: sharedInfo, outputByteCount: size)
    case .sha384: x963DerivedSymmetricKey(using: SHA384.self, sharedInfo: sharedInfo, outputByteCount: size)
    case .sha512: x963DerivedSymmetricKey(using: SHA512.self, sharedInfo: sharedInfo, outputByteCount: size)
    }
  }
}

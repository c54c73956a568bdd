import Credentials
import Crypto
import _CryptoExtras

/// A private key that opens what was encrypted to it (RFC 5652 §6.2), made ready once from one that signs.
public struct OpeningKey: RecipientKey {
  public let publicKey: SubjectPublicKeyInfo
  private let material: Material

  // Unchecked: the library's RSA key is not marked Sendable, and only read after it was made.
  private enum Material: @unchecked Sendable {
    case p256(P256.KeyAgreement.PrivateKey)
    case p384(P384.KeyAgreement.PrivateKey)
    case rsa(_RSA.Encryption.PrivateKey)
  }

  /// Nil for a key of a kind that only signs.
  public init?(_ key: SoftwareKey) {
    publicKey = key.publicKey
    switch key.material {
    case .p256(let key):
      guard let key = try? P256.KeyAgreement.PrivateKey(rawRepresentation: key.rawRepresentation) else { return nil }
      material = .p256(key)
    case .p384(let key):
      guard let key = try? P384.KeyAgreement.PrivateKey(rawRepresentation: key.rawRepresentation) else { return nil }
      material = .p384(key)
    case .rsa(let key):
      guard let key = try? _RSA.Encryption.PrivateKey(derRepresentation: key.derRepresentation) else { return nil }
      material = .rsa(key)
    case .ed25519: return nil
    }
  }

  public func decrypt(_ encryptedKey: [UInt8], _ transport: KeyTransport) -> SymmetricKey? {
    guard case .rsa(let key) = material else { return nil }
    return (try? key.decrypt(encryptedKey, padding: transport.padding)).map { SymmetricKey(data: $0) }
  }

  public func agreedKey(
    with point: [UInt8], sharedInfo: [UInt8], size: Int, digest: DigestAlgorithm
  ) -> SymmetricKey? {
    switch material {
    case .p256(let key):
      guard let other = try? P256.KeyAgreement.PublicKey(x963Representation: point) else { return nil }
      let secret = try? key.sharedSecretFromKeyAgreement(with: other)
      return secret?.agreedKey(sharedInfo: sharedInfo, size: size, digest: digest)
    case .p384(let key):
      guard let other = try? P384.KeyAgreement.PublicKey(x963Representation: point) else { return nil }
      let secret = try? key.sharedSecretFromKeyAgreement(with: other)
      return secret?.agreedKey(sharedInfo: sharedInfo, size: size, digest: digest)
    case .rsa: return nil
    }
  }
}

extension OpeningKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "(private key, \(publicKey.algorithm.rawValue))" }
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

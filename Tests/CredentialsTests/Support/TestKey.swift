import Credentials
import Crypto
import WireFormats
import _CryptoExtras

/// A private key for tests, made on swift-crypto alone, so that what is tested here does not check itself.
struct TestKey: Sendable {
  enum Key: Sendable {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)
  }

  let key: Key
  let publicKey: SubjectPublicKeyInfo

  static let authority = made(.p256)
  static let device = made(.p256)
  static let rsa = made(.rsa2048)

  /// Shared keys, so that not every test makes its own.
  private static func made(_ algorithm: KeyAlgorithm) -> TestKey {
    do { return try TestKey(algorithm) } catch { fatalError("no test key: \(error)") }
  }

  init(_ algorithm: KeyAlgorithm) throws {
    switch algorithm {
    case .p256:
      let made = P256.Signing.PrivateKey()
      (key, publicKey) = (.p256(made), try SubjectPublicKeyInfo(parsing: made.publicKey.derRepresentation))
    case .p384:
      let made = P384.Signing.PrivateKey()
      (key, publicKey) = (.p384(made), try SubjectPublicKeyInfo(parsing: made.publicKey.derRepresentation))
    case .ed25519:
      let made = Curve25519.Signing.PrivateKey()
      (key, publicKey) = (.ed25519(made), try SubjectPublicKeyInfo(ed25519: made.publicKey.rawRepresentation))
    case .rsa2048, .rsa3072, .rsa4096:
      let bits = [KeyAlgorithm.rsa2048: 2048, .rsa3072: 3072, .rsa4096: 4096][algorithm] ?? 0
      let made = try _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits))
      (key, publicKey) = (.rsa(made), try SubjectPublicKeyInfo(parsing: made.publicKey.derRepresentation))
    }
  }

  func sign(_ message: [UInt8]) throws -> [UInt8] {
    switch key {
    case .p256(let key): Array(try key.signature(for: message).derRepresentation)
    case .p384(let key): Array(try key.signature(for: message).derRepresentation)
    case .ed25519(let key): Array(try key.signature(for: message))
    case .rsa(let key):
      Array(try key.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5).rawRepresentation)
    }
  }

  /// Another algorithm than the key's usual one.
  func sign(_ message: [UInt8], with algorithm: SignatureAlgorithm) throws -> [UInt8] {
    switch (key, algorithm) {
    case (.p256(let key), .ecdsaWithSHA384):
      Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
    case (.p256(let key), .ecdsaWithSHA512):
      Array(try key.signature(for: SHA512.hash(data: message)).derRepresentation)
    case (.p384(let key), .ecdsaWithSHA256):
      Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
    case (.p384(let key), .ecdsaWithSHA512):
      Array(try key.signature(for: SHA512.hash(data: message)).derRepresentation)
    case (.rsa(let key), .rsaPKCS1WithSHA384):
      Array(try key.signature(for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5).rawRepresentation)
    case (.rsa(let key), .rsaPKCS1WithSHA512):
      Array(try key.signature(for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5).rawRepresentation)
    case (.rsa(let key), .rsaPSSWithSHA256):
      Array(try key.signature(for: SHA256.hash(data: message), padding: .PSS).rawRepresentation)
    default: try sign(message)
    }
  }

  func sign(_ linted: consuming Linted) throws -> [UInt8] {
    let signature = try sign(linted.toBeSigned)
    return linted.certificate(signature: signature)
  }
}

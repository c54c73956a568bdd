import Crypto
import WireFormats
import _CryptoExtras

extension SubjectPublicKeyInfo {
  /// Whether this key made the signature over the message. False also when the algorithm does not fit the key or the
  /// signature is not even well formed.
  ///
  /// - Parameter signature: As X.509 carries it: for ECDSA the DER ECDSA-Sig-Value (RFC 3279 §2.2.3).
  public func isValidSignature(
    _ signature: some Collection<UInt8>, over message: some Collection<UInt8>, algorithm: SignatureAlgorithm
  ) -> Bool {
    isValid(signature: Array(signature)[...], message: Array(message)[...], algorithm: algorithm)
  }

  /// The same on slices of what was received, without a copy.
  func isValid(signature: ArraySlice<UInt8>, message: ArraySlice<UInt8>, algorithm: SignatureAlgorithm) -> Bool {
    switch (key, algorithm) {
    case (.p256(let key), .ecdsaWithSHA256): Self.verify(key, signature, SHA256.hash(data: message))
    case (.p256(let key), .ecdsaWithSHA384): Self.verify(key, signature, SHA384.hash(data: message))
    case (.p256(let key), .ecdsaWithSHA512): Self.verify(key, signature, SHA512.hash(data: message))
    case (.p384(let key), .ecdsaWithSHA256): Self.verify(key, signature, SHA256.hash(data: message))
    case (.p384(let key), .ecdsaWithSHA384): Self.verify(key, signature, SHA384.hash(data: message))
    case (.p384(let key), .ecdsaWithSHA512): Self.verify(key, signature, SHA512.hash(data: message))
    case (.ed25519(let key), .ed25519): key.isValidSignature(signature, for: message)
    case (.rsa(let key), _): Self.verify(key, signature, message, algorithm)
    default: false
    }
  }

  private static func verify(
    _ key: P256.Signing.PublicKey, _ signature: ArraySlice<UInt8>, _ digest: some Digest
  ) -> Bool {
    guard let raw = ECDSASignatureValue.raw(signature, coordinate: 32),
      let value = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
    else { return false }
    return key.isValidSignature(value, for: digest)
  }

  private static func verify(
    _ key: P384.Signing.PublicKey, _ signature: ArraySlice<UInt8>, _ digest: some Digest
  ) -> Bool {
    guard let raw = ECDSASignatureValue.raw(signature, coordinate: 48),
      let value = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
    else { return false }
    return key.isValidSignature(value, for: digest)
  }

  private static func verify(
    _ key: _RSA.Signing.PublicKey, _ signature: ArraySlice<UInt8>, _ message: ArraySlice<UInt8>,
    _ algorithm: SignatureAlgorithm
  ) -> Bool {
    let value = _RSA.Signing.RSASignature(rawRepresentation: signature)
    switch algorithm {
    case .rsaPKCS1WithSHA256:
      return key.isValidSignature(value, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
    case .rsaPKCS1WithSHA384:
      return key.isValidSignature(value, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
    case .rsaPKCS1WithSHA512:
      return key.isValidSignature(value, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
    case .rsaPSSWithSHA256:
      return key.isValidSignature(value, for: SHA256.hash(data: message), padding: .PSS)
    case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512, .ed25519:
      return false
    }
  }
}

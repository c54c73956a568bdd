/// The chip's own cryptography.
public protocol SignatureVerifier {
  /// - Parameters:
  ///   - scheme: Never `unknown`, and it fits the key.
  ///   - key: Of a kind that is known.
  ///   - signature: r and s of ECDSA one after the other, each as long as the curve's order; of all others the octets as
  ///     they stand.
  func isValid(scheme: SignatureScheme, key: PublicKeyView, message: ByteView, signature: ByteView) -> Bool
}

extension SignatureVerifier {
  /// Whether a key made a signature as X.509 carries it.
  func checks(_ scheme: SignatureScheme, key: PublicKeyView, message: ByteView, signature: ByteView) -> Bool {
    guard scheme.fits(key.kind) else { return false }
    guard key.kind == .p256 || key.kind == .p384 else {
      return isValid(scheme: scheme, key: key, message: message, signature: signature)
    }
    guard let plain = try? PlainSignature(der: signature, curve: key.kind) else { return false }
    return plain.withOctets { isValid(scheme: scheme, key: key, message: message, signature: $0) }
  }
}

/// The chip's own P-256 key.
public protocol RequestSigner {
  /// Signs with ECDSA over SHA-256.
  ///
  /// - Parameter signature: 64 octets to be filled with r and s, 32 each.
  /// - Returns: Whether it did.
  func sign(_ message: ByteView, into signature: UnsafeMutablePointer<UInt8>) -> Bool
}

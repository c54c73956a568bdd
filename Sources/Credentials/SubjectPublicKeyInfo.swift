import Crypto
import WireFormats
import _CryptoExtras

/// Why a public key is not taken.
public enum PublicKeyError: Error, Hashable, Sendable {
  /// An algorithm, curve or size that is not used here, by its object identifier.
  case unsupported(ObjectIdentifier)
  /// A key that gives no security, in words, for example `RSA-1024`.
  case tooWeak(String)
  case malformed
}

/// A subject's public key (RFC 5280 §4.1.2.7), checked: points lie on their curve, RSA has at least 2048 bits.
///
/// Two are equal when their DER is.
public struct SubjectPublicKeyInfo: Hashable, Sendable {
  /// The whole DER structure.
  public let encoded: [UInt8]
  public let algorithm: KeyAlgorithm
  /// Parsed once, since checking a point costs as much as the rest of a request.
  let key: Key
  /// Where the BIT STRING's octets begin.
  private let keyOffset: Int

  enum Key: Sendable {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey)
  }

  public init(parsing encoded: some Collection<UInt8>) throws(PublicKeyError) {
    try self.init(Array(encoded))
  }

  /// From an Ed25519 key's 32 octets (RFC 8410 §4).
  public init(ed25519 raw: some Collection<UInt8>) throws(PublicKeyError) {
    try self.init(Self.ed25519Prefix + raw)
  }

  private init(_ encoded: [UInt8]) throws(PublicKeyError) {
    // DER has one encoding: a key of a fixed size has a fixed prefix, and comparing it is a strict parser.
    self.encoded = encoded
    if let point = Self.octets(of: encoded, after: Self.p256Prefix, count: 65) {
      (algorithm, key, keyOffset) = (.p256, .p256(try Self.p256(point)), Self.p256Prefix.count)
    } else if let point = Self.octets(of: encoded, after: Self.p384Prefix, count: 97) {
      (algorithm, key, keyOffset) = (.p384, .p384(try Self.p384(point)), Self.p384Prefix.count)
    } else if let point = Self.octets(of: encoded, after: Self.ed25519Prefix, count: 32) {
      (algorithm, key, keyOffset) = (.ed25519, .ed25519(try Self.ed25519(point)), Self.ed25519Prefix.count)
    } else {
      let rsa = try RSAPublicKeyInfo(parsing: encoded)
      (algorithm, key, keyOffset) = (rsa.algorithm, .rsa(rsa.key), rsa.keyOffset)
    }
  }

  public static func == (left: SubjectPublicKeyInfo, right: SubjectPublicKeyInfo) -> Bool {
    left.encoded == right.encoded
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

  /// The BIT STRING's octets: a point, or an RSAPublicKey.
  public var keyOctets: ArraySlice<UInt8> { encoded.dropFirst(keyOffset) }

  /// SHA-256 of the whole structure, as the store indexes it.
  public var keyHash: [UInt8] { SHA256.hash(data: encoded).withUnsafeBytes { Array($0) } }

  /// RFC 5280 §4.2.1.2 (1): SHA-1 of the BIT STRING's octets. An identifier, not a protection.
  public var keyIdentifier: [UInt8] { Insecure.SHA1.hash(data: keyOctets).withUnsafeBytes { Array($0) } }
}

extension SubjectPublicKeyInfo {
  // RFC 5480 §2.1.1: id-ecPublicKey with a named curve; then a BIT STRING of an uncompressed point (§2.2). Compressed
  // points, which RFC 5480 lets an implementation refuse, and explicit parameters, which it forbids, do not match.
  private static let p256Prefix: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
    0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
  ]
  private static let p384Prefix: [UInt8] = [
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00,
  ]
  // RFC 8410 §4.
  private static let ed25519Prefix: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  private static func octets(of encoded: [UInt8], after prefix: [UInt8], count: Int) -> ArraySlice<UInt8>? {
    guard encoded.count == prefix.count + count, encoded.starts(with: prefix) else { return nil }
    return encoded.dropFirst(prefix.count)
  }

  private static func p256(_ point: ArraySlice<UInt8>) throws(PublicKeyError) -> P256.Signing.PublicKey {
    do { return try P256.Signing.PublicKey(x963Representation: point) } catch { throw .malformed }
  }

  private static func p384(_ point: ArraySlice<UInt8>) throws(PublicKeyError) -> P384.Signing.PublicKey {
    do { return try P384.Signing.PublicKey(x963Representation: point) } catch { throw .malformed }
  }

  private static func ed25519(_ point: ArraySlice<UInt8>) throws(PublicKeyError) -> Curve25519.Signing.PublicKey {
    guard !Ed25519SmallOrder.contains(point) else { throw .tooWeak("Ed25519 with a point of small order") }
    do { return try Curve25519.Signing.PublicKey(rawRepresentation: point) } catch { throw .malformed }
  }
}

import Crypto
import WireFormats

/// An Ed25519 public key under the name that it signs notes as (C2SP signed-note).
public struct NoteKey: Sendable, Hashable, CustomStringConvertible {
  /// Not empty, without spaces and `+`.
  public let name: String
  /// 32 octets.
  public let publicKey: [UInt8]

  /// C2SP signed-note: 0x01 is Ed25519.
  static let ed25519: UInt8 = 0x01

  /// Nil when the name or the key has another form.
  public init?(name: String, publicKey: some Collection<UInt8>) {
    guard Self.isName(name), publicKey.count == 32 else { return nil }
    self.name = name
    self.publicKey = Array(publicKey)
  }

  /// From a SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4); nil for any other key.
  public init?(name: String, subjectPublicKeyInfo: some Collection<UInt8>) {
    let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    guard subjectPublicKeyInfo.count == 44, subjectPublicKeyInfo.starts(with: prefix) else { return nil }
    self.init(name: name, publicKey: subjectPublicKeyInfo.dropFirst(prefix.count))
  }

  /// C2SP signed-note: the first 4 octets of SHA-256(name || 0x0A || 0x01 || public key).
  public var keyHash: [UInt8] {
    Array(SHA256.hash(data: Array(name.utf8) + [0x0A, Self.ed25519] + publicKey).prefix(4))
  }

  /// The verifier key as C2SP writes it: `name+hash+base64`.
  public var description: String {
    "\(name)+\(Hex.encode(keyHash))+\(Base64.encode([Self.ed25519] + publicKey))"
  }

  /// Reads what `description` writes; nil when the hash does not fit the rest.
  public init?(_ text: String) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let hash = Hex.decode(parts[1]), let octets = Base64.decode(Array(parts[2].utf8)),
      octets.count == 33, octets[0] == Self.ed25519
    else { return nil }
    self.init(name: String(parts[0]), publicKey: octets.dropFirst())
    guard keyHash == hash else { return nil }
  }

  /// Whether the key made the signature (64 octets) over a note's text.
  func isValid(_ signature: [UInt8], over text: String) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
    return key.isValidSignature(signature, for: Array(text.utf8))
  }

  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { $0 != "+" && !$0.properties.isWhitespace && $0.value >= 0x20 }
  }
}

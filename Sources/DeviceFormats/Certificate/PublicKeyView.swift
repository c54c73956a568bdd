/// A public key's kind, by the numbers of touchmark.h.
public enum KeyKind: UInt8, Sendable {
  case unknown = 0
  case p256 = 1
  case p384 = 2
  case ed25519 = 3
  case rsa = 4
  case mlDSA44 = 5
  case mlDSA65 = 6
  case mlDSA87 = 7
}

/// A SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
public struct PublicKeyView {
  public let kind: KeyKind
  /// The whole structure.
  public let encoded: ByteView
  /// What the BIT STRING holds: an uncompressed point (SEC 1 §2.3.3), 32 octets of Ed25519, a DER RSAPublicKey.
  public let bits: ByteView

  init(_ item: DERItem) throws(FormatError) {
    var fields = item.cursor
    var algorithm = try fields.sequence()
    bits = try fields.read(TagOctet.bitString).octetsOfBitString()
    try fields.finish()
    encoded = item.encoded
    let named = try PublicKeyView.named(&algorithm)
    kind = PublicKeyView.isWhole(bits, named) ? named : .unknown
  }

  private static func named(_ algorithm: inout DERCursor) throws(FormatError) -> KeyKind {
    let identifier = try algorithm.identifier()
    // RFC 5480 §2.1.1: id-ecPublicKey, with the curve's name as its parameters.
    if identifier == Identifier(7, 0x2A_8648_CE3D_0201) { return try curve(&algorithm) }
    // RFC 3279 §2.3.1: rsaEncryption, with NULL.
    if identifier == Identifier(9, 0x2A86_4886_F70D_0101, 0x01) {
      guard try algorithm.read(0x05).content.isEmpty, algorithm.isAtEnd else { throw .notDER }
      return .rsa
    }
    guard algorithm.isAtEnd else { return .unknown }
    if identifier == Identifier(3, 0x2B_6570) { return .ed25519 }
    if identifier == Identifier(9, 0x6086_4801_6503_0403, 0x11) { return .mlDSA44 }
    if identifier == Identifier(9, 0x6086_4801_6503_0403, 0x12) { return .mlDSA65 }
    if identifier == Identifier(9, 0x6086_4801_6503_0403, 0x13) { return .mlDSA87 }
    return .unknown
  }

  private static func curve(_ algorithm: inout DERCursor) throws(FormatError) -> KeyKind {
    guard algorithm.nextTag == TagOctet.objectIdentifier else { return .unknown }
    let identifier = try algorithm.identifier()
    try algorithm.finish()
    if identifier == Identifier(8, 0x2A86_48CE_3D03_0107) { return .p256 }
    return identifier == Identifier(5, 0x2B_8104_0022) ? .p384 : .unknown
  }

  /// Whether the bits can be such a key. RFC 5480 §2.2 lets points be compressed, which nothing here takes.
  private static func isWhole(_ bits: ByteView, _ kind: KeyKind) -> Bool {
    switch kind {
    case .p256: bits.count == 65 && bits.first == 0x04
    case .p384: bits.count == 97 && bits.first == 0x04
    case .ed25519: bits.count == 32
    // RFC 9881 §4 and FIPS 204 table 2.
    case .mlDSA44: bits.count == 1312
    case .mlDSA65: bits.count == 1952
    case .mlDSA87: bits.count == 2592
    case .rsa, .unknown: true
    }
  }
}

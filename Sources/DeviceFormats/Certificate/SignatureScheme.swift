/// A signature's algorithm, by the numbers of touchmark.h.
public enum SignatureScheme: UInt8, Sendable {
  case unknown = 0
  case ecdsaWithSHA256 = 1
  case ecdsaWithSHA384 = 2
  case ecdsaWithSHA512 = 3
  case ed25519 = 4
  case rsaPKCS1WithSHA256 = 5
  case rsaPKCS1WithSHA384 = 6
  case rsaPKCS1WithSHA512 = 7
  case mlDSA44 = 8
  case mlDSA65 = 9
  case mlDSA87 = 10

  /// From an AlgorithmIdentifier. One that is not known here, or has other parameters than its standard says, is
  /// `unknown`, and verifies nothing.
  init(_ algorithm: DERItem) throws(FormatError) {
    var fields = algorithm.cursor
    let identifier = try fields.identifier()
    let scheme = SignatureScheme.named(identifier)
    if scheme.hasNullParameters, let parameters = try fields.readOptional(0x05), !parameters.content.isEmpty {
      throw .notDER
    }
    self = fields.isAtEnd ? scheme : .unknown
  }

  private static func named(_ identifier: Identifier) -> SignatureScheme {
    // RFC 5758 §3.2: ecdsa-with-SHA2 is 1.2.840.10045.4.3.n.
    if identifier == Identifier(8, 0x2A86_48CE_3D04_0302) { return .ecdsaWithSHA256 }
    if identifier == Identifier(8, 0x2A86_48CE_3D04_0303) { return .ecdsaWithSHA384 }
    if identifier == Identifier(8, 0x2A86_48CE_3D04_0304) { return .ecdsaWithSHA512 }
    // RFC 8410 §3.
    if identifier == Identifier(3, 0x2B_6570) { return .ed25519 }
    // RFC 4055 §5: 1.2.840.113549.1.1.n.
    if identifier == Identifier(9, 0x2A86_4886_F70D_0101, 0x0B) { return .rsaPKCS1WithSHA256 }
    if identifier == Identifier(9, 0x2A86_4886_F70D_0101, 0x0C) { return .rsaPKCS1WithSHA384 }
    if identifier == Identifier(9, 0x2A86_4886_F70D_0101, 0x0D) { return .rsaPKCS1WithSHA512 }
    // RFC 9881 §2: 2.16.840.1.101.3.4.3.n.
    if identifier == Identifier(9, 0x6086_4801_6503_0403, 0x11) { return .mlDSA44 }
    if identifier == Identifier(9, 0x6086_4801_6503_0403, 0x12) { return .mlDSA65 }
    if identifier == Identifier(9, 0x6086_4801_6503_0403, 0x13) { return .mlDSA87 }
    return .unknown
  }

  /// RFC 4055 §5: "implementations MUST accept the parameters being absent as well as present"; for all others they are
  /// absent (RFC 5758 §3.2, RFC 8410 §3, RFC 9881 §2).
  private var hasNullParameters: Bool {
    self == .rsaPKCS1WithSHA256 || self == .rsaPKCS1WithSHA384 || self == .rsaPKCS1WithSHA512
  }

  /// Whether a key of this kind can have made such a signature.
  func fits(_ key: KeyKind) -> Bool {
    switch self {
    case .unknown: false
    case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: key == .p256 || key == .p384
    case .ed25519: key == .ed25519
    case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512: key == .rsa
    case .mlDSA44: key == .mlDSA44
    case .mlDSA65: key == .mlDSA65
    case .mlDSA87: key == .mlDSA87
    }
  }
}

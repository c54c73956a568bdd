import WireFormats

/// The public key algorithms that this organization's policy can name. Their text is what profiles and listings show.
///
/// Weaker keys (RSA under 2048 bits, P-192, DSA) have no case: they are refused where they are parsed.
public enum KeyAlgorithm: String, Sendable, Hashable, CaseIterable, Codable {
  case p256 = "P-256"
  case p384 = "P-384"
  case ed25519 = "Ed25519"
  case rsa2048 = "RSA-2048"
  case rsa3072 = "RSA-3072"
  case rsa4096 = "RSA-4096"

  public var isRSA: Bool { self == .rsa2048 || self == .rsa3072 || self == .rsa4096 }

  /// What a key of this algorithm signs with here: the strongest pairing that every verifier knows.
  public var signatureAlgorithm: SignatureAlgorithm {
    switch self {
    case .p256: .ecdsaWithSHA256
    case .p384: .ecdsaWithSHA384
    case .ed25519: .ed25519
    case .rsa2048, .rsa3072, .rsa4096: .rsaPKCS1WithSHA256
    }
  }
}

/// Signature algorithms with their AlgorithmIdentifier.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
  case ecdsaWithSHA256
  case ecdsaWithSHA384
  case ecdsaWithSHA512
  case ed25519
  case rsaPKCS1WithSHA256
  case rsaPKCS1WithSHA384
  case rsaPKCS1WithSHA512
  /// RFC 4055 with SHA-256 and a salt of 32 octets.
  case rsaPSSWithSHA256

  public var identifier: ObjectIdentifier {
    switch self {
    case .ecdsaWithSHA256: ObjectIdentifier([1, 2, 840, 10045, 4, 3, 2])
    case .ecdsaWithSHA384: ObjectIdentifier([1, 2, 840, 10045, 4, 3, 3])
    case .ecdsaWithSHA512: ObjectIdentifier([1, 2, 840, 10045, 4, 3, 4])
    case .ed25519: ObjectIdentifier([1, 3, 101, 112])
    case .rsaPKCS1WithSHA256: ObjectIdentifier([1, 2, 840, 113549, 1, 1, 11])
    case .rsaPKCS1WithSHA384: ObjectIdentifier([1, 2, 840, 113549, 1, 1, 12])
    case .rsaPKCS1WithSHA512: ObjectIdentifier([1, 2, 840, 113549, 1, 1, 13])
    case .rsaPSSWithSHA256: ObjectIdentifier([1, 2, 840, 113549, 1, 1, 10])
    }
  }
}

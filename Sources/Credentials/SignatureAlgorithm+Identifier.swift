import WireFormats

extension SignatureAlgorithm {
  /// The AlgorithmIdentifier, whole, as certificates, requests and CRLs carry it.
  public var algorithmIdentifier: [UInt8] {
    switch self {
    case .ecdsaWithSHA256: Encodings.ecdsaWithSHA256
    case .ecdsaWithSHA384: Encodings.ecdsaWithSHA384
    case .ecdsaWithSHA512: Encodings.ecdsaWithSHA512
    case .ed25519: Encodings.ed25519
    case .rsaPKCS1WithSHA256: Encodings.rsaPKCS1WithSHA256
    case .rsaPKCS1WithSHA384: Encodings.rsaPKCS1WithSHA384
    case .rsaPKCS1WithSHA512: Encodings.rsaPKCS1WithSHA512
    case .rsaPSSWithSHA256: Encodings.rsaPSSWithSHA256
    }
  }

  /// From a whole AlgorithmIdentifier; nil for every algorithm that is not known here, or parameters that are not
  /// the ones its standard allows.
  ///
  /// DER has one encoding for each, so comparing octets is a strict parser.
  public init?(algorithmIdentifier encoded: some Collection<UInt8>) {
    for algorithm in Self.allCases where encoded.elementsEqual(algorithm.algorithmIdentifier) {
      self = algorithm
      return
    }
    guard let known = Encodings.variants.first(where: { encoded.elementsEqual($0.encoded) }) else { return nil }
    self = known.algorithm
  }

  /// From a request's AlgorithmIdentifier: also with the NULL that some clients write behind ECDSA (openssl's provider for
  /// TPMs), against RFC 5758 §3.2. Nothing depends on it: what is signed here is written anew.
  init?(ofRequest encoded: some Collection<UInt8>) {
    guard let known = Self(algorithmIdentifier: encoded) ?? Encodings.lenient(encoded) else { return nil }
    self = known
  }

  /// Whether a key of this algorithm can have made such a signature.
  public func fits(_ key: KeyAlgorithm) -> Bool {
    switch self {
    case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: key == .p256 || key == .p384
    case .ed25519: key == .ed25519
    case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512, .rsaPSSWithSHA256: key.isRSA
    }
  }
}

private enum Encodings {
  // RFC 5758 §3.2 and RFC 8410 §3: the parameters are absent.
  static let ecdsaWithSHA256 = bare(.ecdsaWithSHA256)
  static let ecdsaWithSHA384 = bare(.ecdsaWithSHA384)
  static let ecdsaWithSHA512 = bare(.ecdsaWithSHA512)
  static let ed25519 = bare(.ed25519)
  // RFC 4055 §5: the parameters are NULL.
  static let rsaPKCS1WithSHA256 = withNull(.rsaPKCS1WithSHA256)
  static let rsaPKCS1WithSHA384 = withNull(.rsaPKCS1WithSHA384)
  static let rsaPKCS1WithSHA512 = withNull(.rsaPKCS1WithSHA512)
  static let rsaPSSWithSHA256 = pss(hashNull: true, maskNull: true)

  /// RFC 4055 §2.1 and §5: "implementations MUST accept the parameters being absent as well as present".
  static let variants: [(encoded: [UInt8], algorithm: SignatureAlgorithm)] = [
    (bare(.rsaPKCS1WithSHA256), .rsaPKCS1WithSHA256),
    (bare(.rsaPKCS1WithSHA384), .rsaPKCS1WithSHA384),
    (bare(.rsaPKCS1WithSHA512), .rsaPKCS1WithSHA512),
    (pss(hashNull: false, maskNull: false), .rsaPSSWithSHA256),
    (pss(hashNull: true, maskNull: false), .rsaPSSWithSHA256),
    (pss(hashNull: false, maskNull: true), .rsaPSSWithSHA256),
  ]

  static func lenient(_ encoded: some Collection<UInt8>) -> SignatureAlgorithm? {
    [.ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512].first { encoded.elementsEqual(withNull($0)) }
  }

  private static func bare(_ algorithm: SignatureAlgorithm) -> [UInt8] {
    DERWriter.build { $0.sequence { $0.objectIdentifier(algorithm.identifier) } }
  }

  private static func withNull(_ algorithm: SignatureAlgorithm) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(algorithm.identifier)
        $0.null()
      }
    }
  }

  /// RFC 4055 §3.1: hashAlgorithm and maskGenAlgorithm over SHA-256, saltLength 32, trailerField at its default.
  private static func pss(hashNull: Bool, maskNull: Bool) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(SignatureAlgorithm.rsaPSSWithSHA256.identifier)
        $0.sequence {
          $0.constructed(DERTag.contextConstructed(0)) { $0.raw(sha256(null: hashNull)) }
          $0.constructed(DERTag.contextConstructed(1)) {
            $0.sequence {
              $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 8]))
              $0.raw(sha256(null: maskNull))
            }
          }
          $0.constructed(DERTag.contextConstructed(2)) { $0.integer(32) }
        }
      }
    }
  }

  private static func sha256(null: Bool) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, 1]))
        if null { $0.null() }
      }
    }
  }
}

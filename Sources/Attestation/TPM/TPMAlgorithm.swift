import Crypto

/// TPM_ALG_ID (Part 2 §6.3), as far as structures here name them.
public enum TPMAlgorithm {
  public static let rsa: UInt16 = 0x0001
  public static let aes: UInt16 = 0x0006
  public static let keyedHash: UInt16 = 0x0008
  public static let null: UInt16 = 0x0010
  public static let rsassa: UInt16 = 0x0014
  public static let rsaes: UInt16 = 0x0015
  public static let rsapss: UInt16 = 0x0016
  public static let oaep: UInt16 = 0x0017
  public static let ecdsa: UInt16 = 0x0018
  public static let ecdh: UInt16 = 0x0019
  public static let ecdaa: UInt16 = 0x001A
  public static let sm2: UInt16 = 0x001B
  public static let ecSchnorr: UInt16 = 0x001C
  public static let ecMQV: UInt16 = 0x001D
  public static let ecc: UInt16 = 0x0023
  public static let symCipher: UInt16 = 0x0025
  public static let cfb: UInt16 = 0x0043
}

/// TPMI_ALG_HASH (Part 2 §9.27). SHA-1 has a case so that it can be read, listed and refused.
public enum TPMHashAlgorithm: UInt16, Hashable, Sendable, CaseIterable, Comparable {
  case sha1 = 0x0004
  case sha256 = 0x000B
  case sha384 = 0x000C
  case sha512 = 0x000D

  /// Octets of a digest.
  public var size: Int {
    switch self {
    case .sha1: 20
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// Whether evidence may rest on it.
  public var isStrong: Bool { self != .sha1 }

  /// As tpm2-tools and baselines write it.
  public var name: String {
    switch self {
    case .sha1: "sha1"
    case .sha256: "sha256"
    case .sha384: "sha384"
    case .sha512: "sha512"
    }
  }

  public init?(name: some StringProtocol) {
    guard let known = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  public func digest(_ octets: some Collection<UInt8>) -> [UInt8] {
    let octets = Array(octets)
    return switch self {
    case .sha1: Array(Insecure.SHA1.hash(data: octets))
    case .sha256: Array(SHA256.hash(data: octets))
    case .sha384: Array(SHA384.hash(data: octets))
    case .sha512: Array(SHA512.hash(data: octets))
    }
  }

  func authenticate(_ octets: [UInt8], key: [UInt8]) -> [UInt8] {
    let key = SymmetricKey(data: key)
    return switch self {
    case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: octets, using: key))
    case .sha256: Array(HMAC<SHA256>.authenticationCode(for: octets, using: key))
    case .sha384: Array(HMAC<SHA384>.authenticationCode(for: octets, using: key))
    case .sha512: Array(HMAC<SHA512>.authenticationCode(for: octets, using: key))
    }
  }

  public static func < (left: TPMHashAlgorithm, right: TPMHashAlgorithm) -> Bool { left.rawValue < right.rawValue }

  init(_ reader: inout TPMReader) throws(TPMStructureError) {
    let raw = try reader.readUInt16()
    guard let known = TPMHashAlgorithm(rawValue: raw) else { throw .unsupported(raw) }
    self = known
  }
}

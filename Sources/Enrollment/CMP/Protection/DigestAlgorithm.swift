import Credentials
import Crypto
import WireFormats

/// The hash functions of RFC 9481 §2 that are used here. SHA-1 stands for HMAC alone, where one client's default is.
enum DigestAlgorithm: Sendable {
  case sha256, sha384, sha512

  init?(_ identifier: ObjectIdentifier) {
    switch identifier {
    case Self.identifiers[0]: self = .sha256
    case Self.identifiers[1]: self = .sha384
    case Self.identifiers[2]: self = .sha512
    default: return nil
    }
  }

  /// A signature algorithm's own; SHA-512 for Ed25519 (RFC 9481 §3.3) and for what is not known.
  init(_ signature: SignatureAlgorithm?) {
    switch signature {
    case .ecdsaWithSHA256, .rsaPKCS1WithSHA256, .rsaPSSWithSHA256: self = .sha256
    case .ecdsaWithSHA384, .rsaPKCS1WithSHA384: self = .sha384
    case .ecdsaWithSHA512, .rsaPKCS1WithSHA512, .ed25519, nil: self = .sha512
    }
  }

  private static let identifiers = [1, 2, 3].map { ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, $0]) }

  func digest(_ message: some Sequence<UInt8>) -> [UInt8] {
    let message = Array(message)
    return switch self {
    case .sha256: SHA256.hash(data: message).withUnsafeBytes { Array($0) }
    case .sha384: SHA384.hash(data: message).withUnsafeBytes { Array($0) }
    case .sha512: SHA512.hash(data: message).withUnsafeBytes { Array($0) }
    }
  }
}

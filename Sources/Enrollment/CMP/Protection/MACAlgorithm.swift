import Crypto
import WireFormats

/// HMAC (RFC 9481 §6.2.1) by its hash function. HMAC-SHA-1 is read because `openssl cmp` writes it unless told
/// otherwise; what is known against SHA-1 does not touch it.
enum MACAlgorithm: Sendable {
  case sha1, sha256, sha384, sha512

  init?(_ identifier: ObjectIdentifier) {
    switch identifier {
    case Self.hmacSHA1, Self.ianaHMACSHA1: self = .sha1
    case Self.hmac(9): self = .sha256
    case Self.hmac(10): self = .sha384
    case Self.hmac(11): self = .sha512
    default: return nil
    }
  }

  private static let hmacSHA1 = hmac(7)
  private static let ianaHMACSHA1 = ObjectIdentifier([1, 3, 6, 1, 5, 5, 8, 1, 2])
  private static func hmac(_ number: UInt64) -> ObjectIdentifier { ObjectIdentifier([1, 2, 840, 113549, 2, number]) }

  /// Octets of its output.
  var size: Int {
    switch self {
    case .sha1: 20
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    let key = SymmetricKey(data: key)
    return switch self {
    case .sha1: HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key).withUnsafeBytes { Array($0) }
    case .sha256: HMAC<SHA256>.authenticationCode(for: message, using: key).withUnsafeBytes { Array($0) }
    case .sha384: HMAC<SHA384>.authenticationCode(for: message, using: key).withUnsafeBytes { Array($0) }
    case .sha512: HMAC<SHA512>.authenticationCode(for: message, using: key).withUnsafeBytes { Array($0) }
    }
  }

  /// In constant time.
  func isValid(_ code: ArraySlice<UInt8>, for message: [UInt8], key: [UInt8]) -> Bool {
    let key = SymmetricKey(data: key)
    return switch self {
    case .sha1: HMAC<Insecure.SHA1>.isValidAuthenticationCode(code, authenticating: message, using: key)
    case .sha256: HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key)
    case .sha384: HMAC<SHA384>.isValidAuthenticationCode(code, authenticating: message, using: key)
    case .sha512: HMAC<SHA512>.isValidAuthenticationCode(code, authenticating: message, using: key)
    }
  }
}

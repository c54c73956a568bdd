import Crypto
import WireFormats

/// A secret that is given out once: 32 random bytes as base64url (43 characters).
///
/// What is stored and compared is SHA-256 over that text, so that nothing is decoded before it is compared.
public struct EnrollmentSecret: Sendable {
  public let text: String
  public var hash: [UInt8] { Self.hash(Array(text.utf8)) }

  /// Fresh, from the system's random source.
  public init() {
    text = Base64.encodeURL([UInt8].random(count: 32))
  }

  public static func hash(_ presented: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: presented)) }

  /// In constant time over the digests.
  public static func matches(_ presented: [UInt8], hash stored: [UInt8]) -> Bool {
    let digest = hash(presented)
    guard digest.count == stored.count else { return false }
    return zip(digest, stored).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

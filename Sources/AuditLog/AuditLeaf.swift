import Crypto

/// An entry, its salt, and the digest over both that is the log's leaf.
///
/// The salt keeps the digest of an erased entry from being matched against guesses of what it said.
public struct AuditLeaf: Sendable, Hashable {
  public static let saltSize = 16
  static let domain = Array("touchmark/audit/v1\n".utf8)

  /// 16 random octets.
  public let salt: [UInt8]
  /// The encoded entry, verbatim.
  public let entry: [UInt8]
  /// SHA-256 over `touchmark/audit/v1`, a line feed, the salt and the entry: 32 octets.
  public let digest: [UInt8]

  public init(salt: [UInt8], entry: [UInt8]) {
    self.salt = salt
    self.entry = entry
    digest = Self.digest(salt: salt, entry: entry)
  }

  public static func make(_ entry: AuditEntry, using random: inout some RandomNumberGenerator) -> AuditLeaf {
    // Eight octets a draw: on Linux each draw of the system's source is a system call.
    let salt = (0..<saltSize / 8).flatMap { _ in withUnsafeBytes(of: random.next() as UInt64) { Array($0) } }
    return AuditLeaf(salt: salt, entry: entry.encoded())
  }

  /// With a salt from the system's source of randomness.
  public static func make(_ entry: AuditEntry) -> AuditLeaf {
    var random = SystemRandomNumberGenerator()
    return make(entry, using: &random)
  }

  public static func digest(salt: some Sequence<UInt8>, entry: some Sequence<UInt8>) -> [UInt8] {
    var octets = domain
    octets.append(contentsOf: salt)
    octets.append(contentsOf: entry)
    return SHA256.hash(data: octets).withUnsafeBytes { Array($0) }
  }
}

import Crypto

/// The hashes of RFC 6962 §2.1 with SHA-256, 32 octets each.
public enum MerkleTree {
  public static let hashSize = 32
  /// Proofs are made from the roots of complete subtrees over 2^8 leaves: tiles.
  public static let tileHeight = 8
  public static let tileSize: UInt64 = 1 << tileHeight

  /// The root of a tree without leaves: the hash of nothing.
  public static let emptyRoot = Array(SHA256.hash(data: [UInt8]()))

  /// RFC 6962 §2.1: SHA-256(0x00 || leaf). In the audit log the leaf is `AuditLeaf.digest`.
  public static func leafHash(_ leaf: some Sequence<UInt8>) -> [UInt8] {
    var octets: [UInt8] = [0x00]
    octets.append(contentsOf: leaf)
    return SHA256.hash(data: octets).withUnsafeBytes { Array($0) }
  }

  /// RFC 6962 §2.1: SHA-256(0x01 || left || right).
  public static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = [0x01]
    octets.append(contentsOf: left)
    octets.append(contentsOf: right)
    return SHA256.hash(data: octets).withUnsafeBytes { Array($0) }
  }

  /// The root over `leaves` (not hashed yet).
  public static func root(_ leaves: some Collection<[UInt8]>) -> [UInt8] {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }
}

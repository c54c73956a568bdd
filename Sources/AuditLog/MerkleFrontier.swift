/// The right edge of a Merkle tree: enough to append and to give the root, in O(log n) space.
public struct MerkleFrontier: Sendable, Hashable {
  /// How many leaves were appended.
  public private(set) var size: UInt64
  /// Roots of the perfect subtrees that `size`'s set bits name, the largest first.
  private var roots: [[UInt8]]

  /// A tree without leaves.
  public init() { (size, roots) = (0, []) }

  /// The tree over complete tiles, by their roots.
  public init(tiles: some Sequence<[UInt8]>) {
    self.init()
    for tile in tiles { append(hash: tile) }
    size <<= UInt64(MerkleTree.tileHeight)
  }

  /// Appends a leaf: for the audit log `AuditLeaf.digest`. O(log n), amortized O(1).
  ///
  /// - Returns: The root of the tile that the leaf completed, if it did.
  @discardableResult
  public mutating func append(_ leaf: some Sequence<UInt8>) -> [UInt8]? {
    append(hash: MerkleTree.leafHash(leaf))
  }

  /// Appends what `MerkleTree.leafHash` gave.
  @discardableResult
  mutating func append(hash leafHash: [UInt8]) -> [UInt8]? {
    var hash = leafHash
    var rest = size
    var height = 0
    var tile: [UInt8]?
    // Each trailing set bit is a perfect subtree as large as the one that `hash` is the root of by now.
    while rest & 1 == 1, let left = roots.popLast() {
      hash = MerkleTree.nodeHash(left, hash)
      rest >>= 1
      height += 1
      if height == MerkleTree.tileHeight { tile = hash }
    }
    roots.append(hash)
    size &+= 1
    return tile
  }

  /// RFC 6962 §2.1: the Merkle tree hash over all leaves so far. O(log n).
  public var root: [UInt8] {
    guard var hash = roots.last else { return MerkleTree.emptyRoot }
    for left in roots.dropLast().reversed() { hash = MerkleTree.nodeHash(left, hash) }
    return hash
  }
}

extension MerkleFrontier {
  /// Size (8 octets, big-endian), then the subtree roots, the largest first.
  public var encoded: [UInt8] {
    withUnsafeBytes(of: size.bigEndian) { Array($0) } + roots.joined()
  }

  /// Nil unless there is exactly one root for each set bit of the size.
  public init?(decoding octets: some Collection<UInt8>) {
    let octets = Array(octets)
    guard octets.count >= 8 else { return nil }
    let size = octets.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard octets.count == 8 + size.nonzeroBitCount * MerkleTree.hashSize else { return nil }
    self.size = size
    roots = stride(from: 8, to: octets.count, by: MerkleTree.hashSize).map {
      Array(octets[$0..<$0 + MerkleTree.hashSize])
    }
  }
}

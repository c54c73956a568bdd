/// Proofs of RFC 6962 §2.1 over leaves (for the audit log: entry digests). Hashes are 32 octets.
public enum MerkleProof {
  /// RFC 6962 §2.1.1: the audit path of the leaf at `index` in the tree over `leaves`, from the leaf up. Nil when there
  /// is no such leaf. O(n) hashes.
  public static func inclusion(of index: Int, in leaves: [[UInt8]]) -> [[UInt8]]? {
    guard leaves.indices.contains(index) else { return nil }
    return path(index, leaves[...])
  }

  // PATH(m, D[n]) of RFC 6962 §2.1.1.
  private static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
    guard leaves.count > 1 else { return [] }
    let split = split(leaves.count)
    let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
    return index < split
      ? path(index, left) + [MerkleTree.root(right)] : path(index - split, right) + [MerkleTree.root(left)]
  }

  /// RFC 6962 §2.1.2: that the tree over `leaves` continues the tree over its first `size`. Nil when there are fewer;
  /// empty when `size` is 0 or all of them. O(n) hashes.
  public static func consistency(from size: Int, in leaves: [[UInt8]]) -> [[UInt8]]? {
    guard size >= 0, size <= leaves.count else { return nil }
    guard size > 0, size < leaves.count else { return [] }
    return subproof(size, leaves[...], isWhole: true)
  }

  // SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2.
  private static func subproof(_ size: Int, _ leaves: ArraySlice<[UInt8]>, isWhole: Bool) -> [[UInt8]] {
    guard size < leaves.count else { return isWhole ? [] : [MerkleTree.root(leaves)] }
    let split = split(leaves.count)
    let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
    return size <= split
      ? subproof(size, left, isWhole: isWhole) + [MerkleTree.root(right)]
      : subproof(size - split, right, isWhole: false) + [MerkleTree.root(left)]
  }

  /// RFC 6962 §2.1: the largest power of two smaller than `count` (which is at least 2).
  private static func split(_ count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}

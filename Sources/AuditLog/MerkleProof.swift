/// Proofs of RFC 6962 §2.1 (for the audit log: over entry digests). Hashes are 32 octets.
///
/// A proof is made of the roots of subtrees. Whoever asks for one says how a subtree's root is found: from all leaves,
/// or from a store that keeps some.
public enum MerkleProof {
  /// RFC 6962 §2.1.1: the audit path of the leaf at `index` in the tree over the first `size` leaves, from the leaf up.
  /// Nil when there is no such leaf.
  public static func inclusion<E: Error>(
    of index: UInt64, size: UInt64, root: (Range<UInt64>) throws(E) -> [UInt8]
  ) throws(E) -> [[UInt8]]? {
    guard index < size else { return nil }
    // PATH(m, D[n]) of RFC 6962 §2.1.1, from the top down.
    var (range, path) = (0..<size, [[UInt8]]())
    while range.count > 1 {
      let middle = split(range)
      if index < middle {
        path.append(try root(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try root(range.lowerBound..<middle))
        range = middle..<range.upperBound
      }
    }
    return path.reversed()
  }

  /// RFC 6962 §2.1.2: that the tree over `size` leaves continues the tree over its first `old`. Nil when there are
  /// fewer; empty when `old` is 0 or all of them.
  public static func consistency<E: Error>(
    from old: UInt64, size: UInt64, root: (Range<UInt64>) throws(E) -> [UInt8]
  ) throws(E) -> [[UInt8]]? {
    guard old <= size else { return nil }
    guard old > 0, old < size else { return [] }
    // SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2, from the top down.
    var (range, path, isWhole) = (0..<size, [[UInt8]](), true)
    while old < range.upperBound {
      let middle = split(range)
      if old <= middle {
        path.append(try root(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try root(range.lowerBound..<middle))
        (range, isWhole) = (middle..<range.upperBound, false)
      }
    }
    if !isWhole { path.append(try root(range)) }
    return path.reversed()
  }

  /// RFC 6962 §2.1: the left part has the largest power of two of leaves that is smaller than all (2 or more).
  private static func split(_ range: Range<UInt64>) -> UInt64 {
    let count = range.upperBound - range.lowerBound
    return range.lowerBound + 1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}

extension MerkleProof {
  /// The same over leaves in memory.
  public static func inclusion(of index: Int, in leaves: [[UInt8]]) -> [[UInt8]]? {
    guard let index = UInt64(exactly: index) else { return nil }
    return inclusion(of: index, size: UInt64(leaves.count), root: { MerkleTree.root(leaves, $0) })
  }

  public static func consistency(from size: Int, in leaves: [[UInt8]]) -> [[UInt8]]? {
    guard let size = UInt64(exactly: size) else { return nil }
    return consistency(from: size, size: UInt64(leaves.count), root: { MerkleTree.root(leaves, $0) })
  }
}

extension MerkleTree {
  fileprivate static func root(_ leaves: [[UInt8]], _ range: Range<UInt64>) -> [UInt8] {
    root(leaves.dropFirst(Int(clamping: range.lowerBound)).prefix(range.count))
  }
}

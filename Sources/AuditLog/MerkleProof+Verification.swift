extension MerkleProof {
  /// RFC 9162 §2.1.3.2: whether `leaf` is at `index` in the tree of that size and root.
  public static func isIncluded(
    _ leaf: some Sequence<UInt8>, at index: UInt64, size: UInt64, root: [UInt8], path: [[UInt8]]
  ) -> Bool {
    guard index < size, path.allSatisfy({ $0.count == MerkleTree.hashSize }) else { return false }
    var (node, last) = (index, size - 1)
    var hash = MerkleTree.leafHash(leaf)
    for sibling in path {
      guard last != 0 else { return false }
      if node & 1 == 1 || node == last {
        hash = MerkleTree.nodeHash(sibling, hash)
        skipRightEdge(&node, &last)
      } else {
        hash = MerkleTree.nodeHash(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// RFC 9162 §2.1.4.2: whether the later tree begins with all leaves of the earlier one.
  public static func isConsistent(
    from earlier: (size: UInt64, root: [UInt8]), to later: (size: UInt64, root: [UInt8]), path: [[UInt8]]
  ) -> Bool {
    guard earlier.size <= later.size, path.allSatisfy({ $0.count == MerkleTree.hashSize }) else { return false }
    if earlier.size == later.size { return path.isEmpty && earlier.root == later.root }
    // Every tree continues the empty one, whose root is known.
    if earlier.size == 0 { return path.isEmpty && earlier.root == MerkleTree.emptyRoot }
    // A power of two is a node of the later tree, so the proof leaves it out.
    let nodes = earlier.size.nonzeroBitCount == 1 ? [earlier.root] + path : path
    guard let first = nodes.first else { return false }
    var (node, last) = (earlier.size - 1, later.size - 1)
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var (old, new) = (first, first)
    for sibling in nodes.dropFirst() {
      guard last != 0 else { return false }
      if node & 1 == 1 || node == last {
        old = MerkleTree.nodeHash(sibling, old)
        new = MerkleTree.nodeHash(sibling, new)
        skipRightEdge(&node, &last)
      } else {
        new = MerkleTree.nodeHash(new, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && old == earlier.root && new == later.root
  }

  /// On the right edge there is no sibling until the next level at which the node is a right child.
  private static func skipRightEdge(_ node: inout UInt64, _ last: inout UInt64) {
    while node & 1 == 0, node != 0 {
      node >>= 1
      last >>= 1
    }
  }
}

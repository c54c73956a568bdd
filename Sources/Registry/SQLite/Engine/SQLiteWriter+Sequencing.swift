import AuditLog

extension SQLiteWriter {
  /// Gives the leaves of all bodies that succeeded their indexes, and moves each organization's frontier once.
  ///
  /// The frontier is read from its row within the transaction and nowhere else kept, so that no rollback, and no other
  /// process that appended meanwhile, can leave a stale one in memory.
  func sequencePendingLeaves() throws(StoreError) {
    let leaves = takePendingLeaves()
    guard let organization = leaves.first?.organization else { return }
    if leaves.allSatisfy({ $0.organization == organization }) {
      return try sequence(leaves, in: organization)
    }
    for (organization, leaves) in Dictionary(grouping: leaves, by: \.organization).sorted(by: { $0.key < $1.key }) {
      try sequence(leaves, in: organization)
    }
  }

  private func sequence(_ leaves: [PendingLeaf], in organization: OrganizationID) throws(StoreError) {
    try count(leaves.map(\.activity), in: organization)
    var frontier = try storedFrontier(of: organization) ?? MerkleFrontier()
    for pending in leaves {
      try insert(pending, at: frontier.size)
      if let root = frontier.append(pending.leaf.digest) {
        try insert(tile: root, endingAt: frontier.size, organization)
      }
    }
    try execute(
      "INSERT OR REPLACE INTO audit_frontiers (organization, size, frontier) VALUES (?, ?, ?)",
      [organization, frontier.size, frontier.encoded])
  }

  private func insert(tile root: [UInt8], endingAt size: UInt64, _ organization: OrganizationID) throws(StoreError) {
    try execute(
      "INSERT INTO audit_tiles (organization, tile, root) VALUES (?, ?, ?)",
      [organization, (size >> UInt64(MerkleTree.tileHeight)) - 1, root])
  }

  private func insert(_ pending: PendingLeaf, at index: UInt64) throws(StoreError) {
    try execute(
      "INSERT INTO audit_leaves (organization, position, digest) VALUES (?, ?, ?)",
      [pending.organization, index, pending.leaf.digest])
    try execute(
      "INSERT INTO audit_entries (organization, position, subject, salt, entry) VALUES (?, ?, ?, ?, ?)",
      [pending.organization, index, pending.subject, pending.leaf.salt, pending.leaf.entry])
  }
}

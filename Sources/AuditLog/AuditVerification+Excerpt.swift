/// A stretch of a log, and what leads from it to a signed checkpoint (docs/audit.md, Excerpts).
public struct AuditExcerpt: Sendable, Hashable {
  /// The tree's right edge before the first entry of the stretch; its size is that entry's index.
  public let before: MerkleFrontier
  /// A signed note over at least all entries of the stretch.
  public let checkpoint: String
  /// RFC 6962 §2.1.2: that the checkpoint's tree continues the tree that ends with the stretch.
  public let consistency: [[UInt8]]

  public init(before: MerkleFrontier, checkpoint: String, consistency: [[UInt8]]) {
    (self.before, self.checkpoint, self.consistency) = (before, checkpoint, consistency)
  }
}

extension AuditVerification {
  /// For a stretch: feed its rows, then call `finish(_:)` with the same excerpt.
  ///
  /// - Parameter outside: A checkpoint that was kept elsewhere. Only one that ends within the stretch, or is the
  ///   excerpt's own, can be compared; of any other `AuditReport.limits` says that it could not be.
  public init(_ excerpt: AuditExcerpt, outside: String? = nil, keys: [NoteKey]) {
    self.init(checkpoints: [], outside: outside, keys: keys)
    (frontier, next) = (excerpt.before, excerpt.before.size)
    pending.removeAll { $0.checkpoint.size < excerpt.before.size }
    compare()
  }

  /// Call once, after the last row.
  public consuming func finish(_ excerpt: AuditExcerpt) -> AuditReport {
    var found: [AuditFinding] = []
    if let checkpoint = Self.checkpoint(excerpt.checkpoint, "the excerpt's checkpoint", keys, &found) {
      compare(checkpoint, excerpt.consistency)
    }
    for finding in found { note(finding) }
    let isCompared = outside.map { known in
      !pending.contains { $0.checkpoint == known } && known.size >= excerpt.before.size
    }
    pending = []
    let report = finish()
    let words = "the outside checkpoint ends elsewhere than this excerpt, and could not be compared"
    return AuditReport(
      entries: report.entries, erased: report.erased, checkpoints: report.checkpoints, root: report.root,
      findings: report.findings, omitted: report.omitted, limits: report.limits + (isCompared == false ? [words] : []))
  }

  private mutating func compare(_ checkpoint: Checkpoint, _ consistency: [[UInt8]]) {
    if let index = pending.firstIndex(where: { $0.checkpoint.size == checkpoint.size }) {
      if pending[index].checkpoint.root != checkpoint.root { note(.forked(at: checkpoint.size)) }
      pending.remove(at: index)
    }
    // With an entry missing the tree cannot be built again; that finding stands already.
    guard !hasGap else { return }
    let isContinued = MerkleProof.isConsistent(
      from: (next, frontier.root), to: (checkpoint.size, checkpoint.root), path: consistency)
    guard isContinued else { return note(.notContinued(to: checkpoint.size, end: next)) }
    agreed += 1
    agreedSize = next
  }
}

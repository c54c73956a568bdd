import WireFormats

/// Checks a log against itself, its checkpoints and, when there is one, a checkpoint that was kept elsewhere.
///
/// Feed the stored rows in the order of their index, then call `finish`. Memory does not grow with the log; it needs no
/// store, network or clock.
public struct AuditVerification: Sendable {
  public static let maximumFindings = 1000

  let keys: [NoteKey]
  /// Nil also when it cannot be believed.
  let outside: Checkpoint?
  /// What the entries must agree with, smallest first.
  var pending: [Expectation] = []
  var frontier = MerkleFrontier()
  /// The index that the next row must have.
  var next: UInt64 = 0
  var rows: UInt64 = 0
  var erased: UInt64 = 0
  var agreed = 0
  /// The size up to which a checkpoint agreed.
  var agreedSize: UInt64 = 0
  /// Whether the digests fed so far may not be all.
  var hasGap = false
  var disagreed = 0
  var findings: [AuditFinding] = []
  var omitted = 0

  private let epochs: EpochHistory?
  /// What restores lost, in words.
  private var losses: [String] = []

  struct Expectation: Sendable {
    let checkpoint: Checkpoint
    let isOutside: Bool
  }

  /// - Parameters:
  ///   - checkpoints: The stored signed notes, in any order.
  ///   - outside: An older signed note that was kept where whoever holds the log could not reach it.
  ///   - keys: The log's keys, from a source that is trusted; without any, checkpoints are compared but their
  ///     signatures are not, which `AuditReport.limits` says.
  ///   - origin: Which log this is; nil takes the first checkpoint's word for it.
  ///   - epochs: Which epochs restores opened; nil for a log of which only one is to be looked at.
  public init(
    checkpoints: [String], outside: String? = nil, keys: [NoteKey], origin: String? = nil, epochs: EpochHistory? = nil
  ) {
    self.keys = keys
    self.epochs = epochs
    var found: [AuditFinding] = []
    let older = outside.flatMap { Self.checkpoint($0, "the outside checkpoint", keys, &found) }
    let stored = checkpoints.enumerated().compactMap { position, note in
      Self.checkpoint(note, "stored checkpoint \(position + 1)", keys, &found)
    }
    let origin = origin ?? stored.first?.origin ?? older?.origin ?? ""
    if let epochs {
      let sorted = EpochSorting(stored: stored, outside: older, origin: origin, epochs: epochs)
      (pending, losses) = (sorted.expectations, sorted.losses)
      found += sorted.findings
      self.outside = sorted.older
    } else {
      self.outside = older
      pending = Self.expectations(stored: stored, outside: older, origin: origin, &found)
    }
    for finding in found { note(finding) }
    compare()
  }

  static func expectations(
    stored: [Checkpoint], outside: Checkpoint?, origin: String?, _ findings: inout [AuditFinding]
  ) -> [Expectation] {
    var all = stored.sorted { $0.size < $1.size }.map { Expectation(checkpoint: $0, isOutside: false) }
    for (left, right) in zip(all, all.dropFirst())
    where left.checkpoint.size == right.checkpoint.size && left.checkpoint.root != right.checkpoint.root {
      findings.append(.forked(at: left.checkpoint.size))
    }
    if let outside {
      // After stored ones of its size, so that what it shows is told with what they do.
      let place = all.firstIndex { $0.checkpoint.size > outside.size } ?? all.endIndex
      all.insert(Expectation(checkpoint: outside, isOutside: true), at: place)
    }
    // Nil: whoever calls has looked at the origins.
    guard let origin else { return all }
    for foreign in all where foreign.checkpoint.origin != origin {
      findings.append(.foreign(foreign.checkpoint, isOutside: foreign.isOutside, origin))
    }
    return all.filter { $0.checkpoint.origin == origin }
  }

  static func checkpoint(
    _ note: String, _ which: String, _ keys: [NoteKey], _ findings: inout [AuditFinding]
  ) -> Checkpoint? {
    do {
      return keys.isEmpty
        ? try Checkpoint(parsing: SignedNote(parsing: note).text) : try Checkpoint.verify(note, keys: keys)
    } catch {
      findings.append(.badCheckpoint(which, error))
      return nil
    }
  }

  /// Takes the next stored row. Entry and salt are both nil once erased.
  public mutating func feed(index: UInt64, digest: [UInt8], salt: [UInt8]?, entry: [UInt8]?) {
    rows += 1
    guard index >= next else { return note(.reordered(index, expected: next)) }
    if index > next {
      note(.missing(next..<index))
      hasGap = true
    }
    check(index: index, digest: digest, salt: salt, entry: entry)
    frontier.append(digest)
    next = index &+ 1
    compare()
  }

  private mutating func check(index: UInt64, digest: [UInt8], salt: [UInt8]?, entry: [UInt8]?) {
    if digest.count != 32 { note(.damaged(index, "its digest has \(digest.count) octets and not 32")) }
    switch (salt, entry) {
    case (nil, nil): erased += 1
    case (nil, _): note(.damaged(index, "its salt is gone and the entry is not, so it cannot be checked"))
    case (_, nil): note(.damaged(index, "the entry is gone and its salt is not, which erasing does not do"))
    case (let salt?, let entry?):
      if AuditLeaf.digest(salt: salt, entry: entry) != digest {
        note(.changed(index))
      } else if salt.count != AuditLeaf.saltSize {
        note(.damaged(index, "its salt has \(salt.count) octets and not \(AuditLeaf.saltSize)"))
      } else if (try? AuditEntry(decoding: entry)) == nil {
        note(.damaged(index, "it is not in the form of an entry"))
      }
    }
  }

  /// Compares with every checkpoint of the size that the tree has by now.
  mutating func compare() {
    while let expectation = pending.first, expectation.checkpoint.size <= next {
      pending.removeFirst()
      // With an entry missing the tree cannot be built again; that finding stands already.
      if hasGap { continue }
      if expectation.checkpoint.root == frontier.root {
        agreed += 1
        agreedSize = next
      } else if expectation.isOutside {
        note(.replaced(at: next, storedAgree: disagreed == 0))
      } else {
        disagreed += 1
        if disagreed == 1 { note(.rewritten(at: next, agreed: agreedSize)) }
      }
    }
  }

  /// Call once, after the last row.
  ///
  /// - Parameter stored: The tree's edge as the store keeps it, if it does.
  public consuming func finish(stored: MerkleFrontier? = nil) -> AuditReport {
    if disagreed > 1 { note(.furtherDisagreement(disagreed - 1)) }
    // The largest says it for all: one that covers more than is there.
    for isOutside in [false, true] {
      if let largest = pending.last(where: { $0.isOutside == isOutside }) {
        note(.cut(largest.checkpoint.size, isOutside: isOutside, end: next))
      }
    }
    if let stored, !hasGap, stored != frontier { note(.storedEdgeDiffers(stored, frontier)) }
    return AuditReport(
      entries: rows, erased: erased, checkpoints: agreed, root: frontier.root, findings: findings, omitted: omitted,
      limits: limits)
  }

  private var limits: [String] {
    var limits = losses + (epochs?.limits ?? [])
    if outside == nil {
      limits.append(
        "without an older checkpoint that was kept elsewhere, a tail that was cut off together with its checkpoints "
          + "and a history that was signed anew cannot be seen")
    } else if let outside, outside.size < next {
      limits.append(
        "the outside checkpoint covers \(outside.size) of \(next) entries: for those after it, a history that was "
          + "signed anew cannot be seen")
    }
    if keys.isEmpty { limits.append("no public key of the log was given, so no signature was checked") }
    if erased > 0 {
      limits.append("of \(erased) erased entries only the digest is left: that they stood there is seen, not what")
    }
    if hasGap {
      limits.append("because entries are missing, checkpoints after the first gap could not be compared")
    } else if agreedSize < next {
      limits.append(
        "no checkpoint that agrees covers entries \(agreedSize) to \(next - 1): a change of both entry and digest among them "
          + "cannot be seen")
    }
    return limits
  }

  mutating func note(_ finding: AuditFinding) {
    if findings.count < Self.maximumFindings { findings.append(finding) } else { omitted += 1 }
  }
}

/// Sorts the checkpoints of a log that restores continued: what the tree must agree with, and what was lost.
///
/// The log of an epoch begins with the entries that were restored, so that checkpoints of earlier epochs hold for it up
/// to that size. What they cover beyond it is gone; the statement that opened the epoch must have said so.
struct EpochSorting {
  private(set) var expectations: [AuditVerification.Expectation] = []
  private(set) var findings: [AuditFinding] = []
  /// What was lost and is stated.
  private(set) var losses: [String] = []

  /// Nil also for one that nothing is left to compare with.
  private(set) var older: Checkpoint?

  private let epochs: EpochHistory
  private let origin: String
  private let log: Substring

  init(stored: [Checkpoint], outside: Checkpoint?, origin: String, epochs: EpochHistory) {
    self.epochs = epochs
    self.origin = origin
    log = Checkpoint(origin: origin, size: 0, root: []).place?.log ?? origin[...]
    findings = epochs.findings
    let kept = stored.filter { keep($0, isOutside: false) }
    older = outside.flatMap { keep($0, isOutside: true) ? $0 : nil }
    let all = kept + beginnings
    expectations = AuditVerification.expectations(stored: all, outside: older, origin: nil, &findings)
    stateLosses()
  }

  /// Whether the tree can be compared with it.
  private mutating func keep(_ checkpoint: Checkpoint, isOutside: Bool) -> Bool {
    guard let place = checkpoint.place, place.log == log, place.epoch >= 1, place.epoch <= epochs.current else {
      findings.append(.foreign(checkpoint, isOutside: isOutside, origin))
      return false
    }
    guard let next = epochs.statement(after: place.epoch), checkpoint.size > next.begins.size else { return true }
    // It covers what a restore lost. Nothing is left to compare it with but what the statement names.
    if checkpoint.size > next.last.size {
      findings.append(.lost(checkpoint, known: next))
    } else if checkpoint.size == next.last.size, place.epoch == next.lastEpoch, checkpoint.root != next.last.root {
      findings.append(.replaced(at: checkpoint.size, storedAgree: true))
    }
    if isOutside {
      losses.append(
        "the outside checkpoint covers \(checkpoint.size) entries of epoch \(place.epoch), of which the first "
          + "\(next.begins.size) are left: nothing can be compared with it")
    }
    return false
  }

  /// Where each epoch began the tree must be what its statement says; and the last old checkpoint holds, too, where it
  /// covers no more than was restored.
  private var beginnings: [Checkpoint] {
    epochs.epochs.compactMap(\.statement).flatMap { statement in
      [statement.begins, statement.last].filter { $0.size <= statement.begins.size }.map {
        Checkpoint(origin: origin, size: $0.size, root: $0.root)
      }
    }
  }

  private mutating func stateLosses() {
    for statement in epochs.epochs.compactMap(\.statement) {
      let known =
        statement.entriesLost == 0
        ? "no lost entry is known" : "\(statement.entriesLost) entries are known to be lost"
      losses.append(
        "epoch \(statement.epoch) was opened by a restore of a backup of \(statement.restoredFrom): what happened "
          + "from then until \(statement.openedAt) is not in the log; \(known)")
    }
  }
}

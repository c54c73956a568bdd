extension AuditFinding {
  static func changed(_ index: UInt64) -> AuditFinding {
    AuditFinding(
      kind: .changed, index: index,
      text: "entry \(index) was changed: what is stored does not fit its digest in the log")
  }

  static func missing(_ range: Range<UInt64>) -> AuditFinding {
    let what =
      range.upperBound - range.lowerBound == 1
      ? "entry \(range.lowerBound) is missing" : "entries \(range.lowerBound) to \(range.upperBound - 1) are missing"
    return AuditFinding(kind: .removed, index: range.lowerBound, text: "\(what): removed from the middle of the log")
  }

  static func reordered(_ index: UInt64, expected: UInt64) -> AuditFinding {
    AuditFinding(
      kind: .reordered, index: index, text: "entry \(index) stands where entry \(expected) should: it is out of order")
  }

  static func damaged(_ index: UInt64, _ what: String) -> AuditFinding {
    AuditFinding(kind: .damaged, index: index, text: "entry \(index) is damaged: \(what)")
  }

  static func rewritten(at size: UInt64, agreed: UInt64) -> AuditFinding {
    AuditFinding(
      kind: .rewritten, index: agreed,
      text: "the log does not agree with its checkpoint over \(size) entries: among entries \(agreed) to "
        + "\(size == 0 ? 0 : size - 1) some were changed with their digests, removed, inserted or moved")
  }

  static func furtherDisagreement(_ count: Int) -> AuditFinding {
    AuditFinding(
      kind: .rewritten, index: nil,
      text: count == 1
        ? "a later checkpoint disagrees, too, as it must" : "\(count) later checkpoints disagree, too, as they must")
  }

  /// - Parameter storedAgree: Whether all stored checkpoints so far agree, which means that they were made anew, too.
  static func replaced(at size: UInt64, storedAgree: Bool) -> AuditFinding {
    AuditFinding(
      kind: .replaced, index: nil,
      text:
        "the log is not the one that the outside checkpoint saw: among its first \(size) entries some are others now"
        + (storedAgree ? ", and the history was signed anew" : ""))
  }

  static func cut(_ size: UInt64, isOutside: Bool, end: UInt64) -> AuditFinding {
    AuditFinding(
      kind: .cut, index: end,
      text: "\(isOutside ? "the outside" : "a stored") checkpoint covers \(size) entries and the log ends after "
        + "\(end): entries were cut off at its end or removed")
  }

  static func notContinued(to size: UInt64, end: UInt64) -> AuditFinding {
    AuditFinding(
      kind: .rewritten, index: nil,
      text:
        "the excerpt does not lead to its checkpoint over \(size) entries: among those before entry \(end) some were "
        + "changed with their digests, removed, inserted or moved")
  }

  static func forked(at size: UInt64) -> AuditFinding {
    AuditFinding(
      kind: .forked, index: nil, text: "two checkpoints over \(size) entries differ: the log was told in two ways")
  }

  static func foreign(_ checkpoint: Checkpoint, isOutside: Bool, _ origin: String) -> AuditFinding {
    AuditFinding(
      kind: .badCheckpoint, index: nil,
      text:
        "\(isOutside ? "the outside" : "a stored") checkpoint over \(checkpoint.size) entries is of the log \(checkpoint.origin), and this is \(origin)"
    )
  }

  static func badCheckpoint(_ which: String, _ error: NoteError) -> AuditFinding {
    let reason =
      switch error {
      case .malformed: "cannot be read"
      case .unsigned: "is not signed by a key of this log"
      case .badSignature(let name): "has a signature by \(name) that is not valid"
      }
    return AuditFinding(kind: .badCheckpoint, index: nil, text: "\(which) \(reason)")
  }

  static func storedEdgeDiffers(_ stored: MerkleFrontier, _ built: MerkleFrontier) -> AuditFinding {
    AuditFinding(
      kind: stored.size > built.size ? .cut : .rewritten, index: nil,
      text: "the store says that its log has \(stored.size) entries with another root than the \(built.size) entries "
        + "that are there")
  }

  static func badEpoch(_ epoch: Int, _ what: String) -> AuditFinding {
    AuditFinding(kind: .badEpoch, index: nil, text: "epoch \(epoch) of the log is not known to be right: \(what)")
  }

  /// A checkpoint of an epoch that ended before the checkpoint's size.
  static func lost(_ checkpoint: Checkpoint, known: EpochStatement) -> AuditFinding {
    AuditFinding(
      kind: .lost, index: known.begins.size,
      text: "\(checkpoint.size) entries of \(checkpoint.origin) were there, epoch \(known.epoch) goes on after "
        + "\(known.begins.size) of them, and its statement knows of \(known.last.size) alone: the restore lost more "
        + "than was stated")
  }
}

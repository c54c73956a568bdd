import AuditLog
import WireFormats

/// The newest checkpoint covers the log and agrees with it. `audit verify` looks at all of it.
package enum LogEdge: DoctorCheck {
  package static let name = "log-edge"
  package static let severity = Severity.error
  package static let looksAt = "whether the log's newest checkpoint covers what was logged"
  package static let fix =
    "touchmark audit verify --from CHECKPOINT looks at the whole log; a running server signs each second"

  package static func examine(_ installation: Examination) async -> Verdict {
    let frontier = installation.log.frontier
    guard let checkpoint = installation.log.checkpoint else {
      return .found(.warning, "no checkpoint was signed over \(frontier.size) entries")
    }
    guard checkpoint.size <= frontier.size else {
      return .found(.error, "a checkpoint covers \(checkpoint.size) entries and the log has \(frontier.size)")
    }
    guard checkpoint.size < frontier.size || checkpoint.root == frontier.root else {
      return .found(.error, "the log is not the one that its checkpoint over \(checkpoint.size) entries signed")
    }
    // Signed each second while a server runs.
    let isLate =
      checkpoint.size < frontier.size
      && installation.log.newestEntry.map { installation.now > $0 + Span.minutes(1) } ?? false
    return isLate
      ? .found(.warning, "\(frontier.size - checkpoint.size) entries have no checkpoint")
      : .good("a checkpoint covers \(checkpoint.size) of \(frontier.size) entries")
  }
}

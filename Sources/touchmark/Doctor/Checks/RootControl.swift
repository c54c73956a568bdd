import WireFormats

/// How many persons an act on the root takes.
package enum RootControl: DoctorCheck {
  package static let name = "root-control"
  package static let severity = Severity.error
  package static let looksAt = "whether one person alone can act on the root"
  package static let fix =
    "touchmark approver document --purpose root-ceremony, signed by its persons, then touchmark approver install"

  package static func examine(_ installation: Examination) async -> Verdict {
    guard let approvers = installation.rootApprovers else {
      return .found(.note, "one person can act on the root")
    }
    let count = "\(approvers.threshold) of \(approvers.persons) approvers"
    guard installation.now <= approvers.expires else {
      return .found(.error, "the document of the \(count) for acts on the root ended at \(approvers.expires)")
    }
    guard installation.now + .days(90) <= approvers.expires else {
      return .found(.warning, "the document of the \(count) for acts on the root ends at \(approvers.expires)")
    }
    return .good("\(count) have to approve an act on the root")
  }
}

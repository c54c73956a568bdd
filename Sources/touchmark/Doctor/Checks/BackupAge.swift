import WireFormats

/// What was never backed up is lost with the disk.
package enum BackupAge: DoctorCheck {
  package static let name = "backup-age"
  package static let severity = Severity.error
  package static let looksAt = "when the last backup was made"
  package static let fix = "touchmark backup --to FILE, each night, and to another machine"

  package static func examine(_ installation: Examination) async -> Verdict {
    let level: Severity = installation.isDemonstration ? .note : .error
    guard let latest = installation.latestBackup else { return .found(level, "there is none") }
    let age = installation.now - latest
    if age > .days(7) { return .found(level, "the last one is of \(latest)") }
    if age > .days(2) {
      return .found(installation.isDemonstration ? .note : .warning, "the last one is of \(latest)")
    }
    return .good("the last one is of \(latest)")
  }
}

/// A full disk stops enrollment.
package enum DiskRoom: DoctorCheck {
  package static let name = "disk-room"
  package static let severity = Severity.error
  package static let looksAt = "how much room the disk has where the data lies"
  package static let fix = "make room or give the data a larger disk; enrollment goes on by itself"

  static let least: Int64 = 256 << 20
  static let comfortable: Int64 = 2 << 30

  package static func examine(_ installation: Examination) async -> Verdict {
    guard let (free, total) = installation.machine.room(at: installation.path) else {
      return .found(.error, "\(installation.path) cannot be looked at")
    }
    let text = "\(free >> 20) of \(total >> 20) MiB are free"
    if free < least { return .found(.error, text) }
    return free < comfortable || free < total / 20 ? .found(.warning, text) : .good(text)
  }
}

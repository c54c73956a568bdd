import WireFormats

/// A clock that goes back issues certificates that end too early and lists that look old.
package enum ClockCheck: DoctorCheck {
  package static let name = "clock"
  package static let severity = Severity.error
  package static let looksAt = "whether the clock agrees with what the log and the lists already say"
  package static let fix = "set the clock, and let a time service keep it (timedatectl set-ntp true)"

  /// Two machines, or a leap, may differ by so much.
  static let tolerated = Span.seconds(5)

  package static func examine(_ installation: Examination) async -> Verdict {
    let latest = installation.lists.values.map(\.thisUpdate) + [installation.log.newestEntry].compactMap { $0 }
    guard let newest = latest.max() else { return .skipped("nothing was written yet") }
    guard installation.now + tolerated >= newest else {
      return .found(.error, "it is \(installation.now) here, and something was written at \(newest)")
    }
    return .good("it is \(installation.now), after all that was written")
  }
}

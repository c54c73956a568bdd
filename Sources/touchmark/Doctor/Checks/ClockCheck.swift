import WireFormats

/// A clock that goes back issues certificates that end too early and lists that look old.
package enum ClockCheck: DoctorCheck {
  package static let name = "clock"
  package static let severity = Severity.error
  package static let looksAt =
    "whether the clock agrees with what the log and the lists already say, and with the machine's own"
  package static let fix = "set the clock, and let a time service keep it (timedatectl set-ntp true)"

  /// Two machines, or a leap, may differ by so much.
  static let tolerated = Span.seconds(5)

  /// A machine's own clock may show the local time, or have drifted in a drawer.
  static let apart = Span.hours(26)

  package static func examine(_ installation: Examination) async -> Verdict {
    let latest = installation.lists.values.map(\.thisUpdate) + [installation.log.newestEntry].compactMap { $0 }
    guard let newest = latest.max() else { return .skipped("nothing was written yet") }
    guard installation.now + tolerated >= newest else {
      return .found(.error, "it is \(installation.now) here, and something was written at \(newest)")
    }
    if let hardware = installation.machine.hardwareClock(),
      hardware - installation.now > apart || installation.now - hardware > apart
    {
      return .found(.warning, "it is \(installation.now) here, and the machine's own clock says \(hardware)")
    }
    return .good("it is \(installation.now), after all that was written")
  }
}

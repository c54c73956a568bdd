/// Nothing is answered before it is durable: that needs a disk that tells the truth.
package enum DiskSync: DoctorCheck {
  package static let name = "disk-sync"
  package static let severity = Severity.error
  package static let looksAt = "whether a synced write takes as long as a real disk needs, and how long that is"
  package static let fix =
    "keep the data on a local disk whose cache survives a power cut; not in memory, not under a library that drops syncs"

  /// No disk or controller answers sooner: the fastest take some 10 µs.
  static let impossible = Duration.microseconds(3)
  /// Each enrollment waits for one.
  static let slow = Duration.milliseconds(50)

  package static func examine(_ installation: Examination) async -> Verdict {
    if installation.machine.isInMemory(installation.path) {
      return .found(installation.isDemonstration ? .warning : .error, "the data lies in memory and ends with the power")
    }
    guard let times = installation.machine.syncTimes(in: installation.path)?.sorted(), !times.isEmpty else {
      return .found(.error, "nothing can be written in \(installation.path)")
    }
    let median = times[times.count / 2]
    let text = "\(Int64(median / .microseconds(1))) µs"
    if median < impossible { return .found(.error, "a synced write takes \(text): no disk is that fast") }
    if median > slow { return .found(.warning, "a synced write takes \(text), and each enrollment waits for one") }
    return .good("a synced write takes \(text)")
  }
}

import WireFormats

/// Refusals of the last day, counted in slices of five minutes.
struct RefusalHistory: Hashable, Sendable, Codable {
  static let slice: Int64 = 300
  private static let kept: Int64 = 25 * 3600

  /// By the slice's number.
  private(set) var counts: [Int64: Int] = [:]

  mutating func add(at instant: Instant) {
    let number = instant.seconds / Self.slice
    counts[number, default: 0] += 1
    // Entries come in the order of time, save for a clock that was set back: the newest says what is old.
    if counts.count > 512, let newest = counts.keys.max() {
      counts = counts.filter { $0.key > newest - Self.kept / Self.slice }
    }
  }

  /// In the 15 minutes before `now`.
  func recent(at now: Instant) -> Int { sum(over: 3, before: now.seconds / Self.slice + 1) }

  /// What 15 minutes of the day before those had on average.
  func usual(at now: Instant) -> Double {
    Double(sum(over: 288, before: now.seconds / Self.slice - 2)) / 96
  }

  private func sum(over slices: Int64, before end: Int64) -> Int {
    counts.reduce(0) { $1.key < end && $1.key >= end - slices ? $0 + $1.value : $0 }
  }
}

import Synchronization
import WireFormats

/// Counts wrong secrets by name and address, and says from the tenth in a minute that there were too many.
///
/// It is asked only after a secret was compared and found wrong, by every door that takes secrets (EST's and REST's
/// enrollment), one table for all. So the right secret is never refused, whatever was tried before it, from the same
/// address or from another, and nobody can lock a device out.
public final class WrongSecretThrottle: Sendable {
  private struct Pair: Hashable {
    let name: String
    let address: String
  }

  private struct Count {
    var wrong: Int
    let since: Instant
  }

  private let tolerated: Int
  private let window: Span
  private let capacity: Int
  private let counts = Mutex<[Pair: Count]>([:])

  /// - Parameters:
  ///   - tolerated: wrong secrets in a window that get the ordinary answer.
  ///   - capacity: pairs remembered; beyond it the oldest windows are forgotten first.
  public init(tolerated: Int = 9, window: Span = .minutes(1), capacity: Int = 16_384) {
    self.tolerated = tolerated
    self.window = window
    self.capacity = capacity
  }

  /// What whoever runs into it is told.
  var explanation: String {
    "too many wrong secrets: the limit wrong_secrets_per_minute of \(tolerated) is exceeded; the right one is still taken"
  }

  /// Notes one wrong secret.
  /// - Returns: nil for the ordinary answer, else the seconds after which a wrong secret gets that again.
  public func noteWrong(name: String, address: String, at now: Instant) -> Int? {
    // A name is as long as a header allows; what is remembered of it is bounded.
    let pair = Pair(name: String(name.prefix(128)), address: address)
    return counts.withLock { counts in
      var count = counts[pair] ?? Count(wrong: 0, since: now)
      if now - count.since >= window { count = Count(wrong: 0, since: now) }
      if counts.count >= capacity, counts[pair] == nil { forget(&counts, now) }
      count.wrong = min(count.wrong + 1, tolerated + 1)
      counts[pair] = count
      guard count.wrong > tolerated else { return nil }
      return max(1, Int((window.milliseconds - (now - count.since).milliseconds + 999) / 1000))
    }
  }

  private func forget(_ counts: inout [Pair: Count], _ now: Instant) {
    counts = counts.filter { now - $0.value.since < window }
    guard counts.count >= capacity else { return }
    let oldest = counts.sorted { $0.value.since < $1.value.since }.prefix(capacity / 4)
    for entry in oldest { counts[entry.key] = nil }
  }
}

import Synchronization

/// Bounds how many requests one address sends in a second, by a bucket that refills: bursts of two seconds' worth pass.
final class RequestRate: Sendable {
  private struct Bucket {
    var tokens: Double
    var filled: ContinuousClock.Instant
  }

  /// When so many addresses are remembered, the full buckets among them are forgotten.
  private static let rememberedAddresses = 65_536

  private let perSecond: Int
  private let buckets = Mutex<[String: Bucket]>([:])

  /// - Parameter perSecond: 0 admits everything.
  init(perSecond: Int) { self.perSecond = perSecond }

  func admit(_ address: String, now: ContinuousClock.Instant = .now) -> BoundExceeded? {
    guard perSecond > 0 else { return nil }
    let admitted = buckets.withLock { take(from: &$0, address, now) }
    return admitted ? nil : BoundExceeded(name: "requests_per_second_per_address", limit: perSecond)
  }

  private func take(from buckets: inout [String: Bucket], _ address: String, _ now: ContinuousClock.Instant) -> Bool {
    let capacity = Double(perSecond) * 2
    if buckets.count >= Self.rememberedAddresses, buckets[address] == nil { forget(&buckets, now) }
    var bucket = buckets[address] ?? Bucket(tokens: capacity, filled: now)
    bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled).inSeconds * Double(perSecond))
    bucket.filled = now
    let admitted = bucket.tokens >= 1
    if admitted { bucket.tokens -= 1 }
    buckets[address] = bucket
    return admitted
  }

  /// A bucket untouched for two seconds is full again, and the same as none.
  private func forget(_ buckets: inout [String: Bucket], _ now: ContinuousClock.Instant) {
    buckets = buckets.filter { now - $0.value.filled < .seconds(2) }
    if buckets.count >= Self.rememberedAddresses { buckets.removeAll(keepingCapacity: true) }
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

import Synchronization

/// Counts durations by label value and bucket.
final class Histogram<Key: Hashable & Sendable>: Sendable {
  /// Upper ends in seconds: from a cached OCSP answer to a device that waits too long.
  static var bounds: [Double] {
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  }
  private static var nanoseconds: [UInt64] { bounds.map { UInt64($0 * 1e9) } }

  private struct Buckets {
    /// One more than there are bounds: the last is what is over all of them.
    var counts: [UInt64]
    var sum: UInt64 = 0
  }

  private let metric: Metric
  private let labels: @Sendable (Key) -> [(String, String)]
  private let ends = Histogram.nanoseconds
  private let values: Mutex<[Key: Buckets]>

  init(_ metric: Metric, known: [Key] = [], labels: @escaping @Sendable (Key) -> [(String, String)] = { _ in [] }) {
    self.metric = metric
    self.labels = labels
    let none = Buckets(counts: [UInt64](repeating: 0, count: Self.bounds.count + 1))
    values = Mutex(Dictionary(known.map { ($0, none) }) { first, _ in first })
  }

  func observe(_ key: Key, _ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    let place = ends.firstIndex { nanoseconds <= $0 } ?? ends.count
    values.withLock { values in
      let empty = Buckets(counts: [UInt64](repeating: 0, count: ends.count + 1))
      values[key, default: empty].counts[place] &+= 1
      values[key, default: empty].sum &+= nanoseconds
    }
  }

  func render(into text: inout MetricText) {
    let values = values.withLock { $0 }
    text.begin(metric)
    let rows = values.map { (labels: labels($0.key), buckets: $0.value) }
    for row in rows.sorted(by: { $0.labels.map(\.1).lexicographicallyPrecedes($1.labels.map(\.1)) }) {
      var total: UInt64 = 0
      for (place, end) in (Self.bounds + [.infinity]).enumerated() {
        total &+= row.buckets.counts[place]
        text.sample(
          metric, suffix: "_bucket", row.labels + [("le", MetricText.number(end))], Double(total))
      }
      text.sample(metric, suffix: "_sum", row.labels, Double(row.buckets.sum) / 1e9)
      text.sample(metric, suffix: "_count", row.labels, Double(total))
    }
  }
}

import Foundation

/// What a suite of damaged messages counts: how many, what each cost, and how each ended.
public struct MutationRun: Sendable {
  /// `TOUCHMARK_MUTATIONS` in the environment, 100,000 in `make proof`; else what a debug build does in some 20 seconds.
  public static func count(otherwise count: Int) -> Int {
    ProcessInfo.processInfo.environment["TOUCHMARK_MUTATIONS"].flatMap { Int($0) } ?? count
  }

  /// Longer than this is a hang: a hundred times the goal of 10 ms, since a debug build on a busy machine measures.
  public static let hang = Duration.seconds(1)

  public private(set) var messages = 0
  public private(set) var largest = Duration.zero
  private var (total, last) = (Duration.zero, Duration.zero)
  /// How the dearest message ended.
  private var dearest = ""
  /// By what a door said.
  public private(set) var outcomes: [String: Int] = [:]

  public init() {}

  /// Hands over one message; its cost is processor time, so that the machine's other work does not count.
  public mutating func take<T>(_ body: () async throws -> T) async rethrows -> T {
    let began = ProcessorTime.nanoseconds()
    let result = try await body()
    let cost = Duration.nanoseconds(Int64(ProcessorTime.nanoseconds() - began))
    messages += 1
    total += cost
    last = cost
    largest = max(largest, cost)
    return result
  }

  /// How the message that was taken last ended.
  public mutating func note(_ outcome: String) {
    outcomes[outcome, default: 0] += 1
    if last == largest { dearest = outcome }
  }

  /// One line with the figures.
  public func report(_ door: String) {
    let mean = Double((total / max(messages, 1)).microseconds) / 1000
    print(
      "mutations: \(door): \(messages) messages, \(outcomes.count) kinds of answer; processor time \(mean) ms each, "
        + "\(Double(largest.microseconds) / 1000) ms the largest (\(dearest); goal 10 ms)")
  }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}

import Issuance
import Registry

/// What this process counts as it works. Each event costs a lock; what must be looked up is read at a scrape instead.
public final class Measures: Sendable {
  struct Issue: Hashable, Sendable {
    let profile: String
    let door: Door
  }

  struct Refused: Hashable, Sendable {
    let door: Door
    let reason: Refusal.Code
  }

  struct Outcome: Hashable, Sendable {
    let name: String
    let outcome: String
  }

  let issued = Counter<Issue>(.issued) { [("profile", $0.profile), ("door", $0.door.rawValue)] }
  let repeated = Counter<Door>(.repeated, known: [.est]) { [("door", $0.rawValue)] }
  let refused = Counter<Refused>(
    .refused, known: Refusal.Code.allCases.map { Refused(door: .est, reason: $0) }
  ) { [("door", $0.door.rawValue), ("reason", $0.reason.rawValue)] }
  let enrollSeconds = Histogram<Door>(.enrollSeconds, known: [.est]) { [("door", $0.rawValue)] }
  let ocspAnswers = Counter<String>(.ocspAnswers, known: ["GET", "POST"]) { [("method", $0)] }
  let ocspSeconds = Histogram<Unlabelled>(.ocspSeconds, known: [Unlabelled()])
  let commitSeconds = Histogram<Unlabelled>(.commitSeconds, known: [Unlabelled()])
  let committedWrites = Counter<Unlabelled>(.committedWrites, known: [Unlabelled()]) { _ in [] }
  let failedCommits = Counter<Unlabelled>(.failedCommits, known: [Unlabelled()]) { _ in [] }
  let notifications = Counter<Outcome>(.notifications) { [("target", $0.name), ("outcome", $0.outcome)] }
  let authorizations = Counter<Outcome>(.authorizations) { [("profile", $0.name), ("outcome", $0.outcome)] }
  let authorizationSeconds = Histogram<Unlabelled>(.authorizationSeconds, known: [Unlabelled()])
  let sinkDeliveries = Counter<String>(.sinkDeliveries, known: ["delivered", "failed"]) { [("outcome", $0)] }

  public init() {}

  /// One OCSP request that was answered.
  public func answered(method: String, in duration: Duration) {
    ocspAnswers.add(method)
    ocspSeconds.observe(Unlabelled(), duration)
  }

  /// One group commit.
  public func committed(writes: Int, in duration: Duration, failed: Bool) {
    commitSeconds.observe(Unlabelled(), duration)
    if failed { failedCommits.add(Unlabelled()) } else { committedWrites.add(Unlabelled(), UInt64(clamping: writes)) }
  }

  /// All that was counted, in Prometheus' text format.
  public func render(into text: inout MetricText) {
    issued.render(into: &text)
    repeated.render(into: &text)
    refused.render(into: &text)
    enrollSeconds.render(into: &text)
    ocspAnswers.render(into: &text)
    ocspSeconds.render(into: &text)
    commitSeconds.render(into: &text)
    committedWrites.render(into: &text)
    failedCommits.render(into: &text)
    notifications.render(into: &text)
    authorizations.render(into: &text)
    authorizationSeconds.render(into: &text)
    sinkDeliveries.render(into: &text)
  }
}

import Issuance
import KeyCustody
import Registry
import WireFormats

/// Delivers what waits for each target, off the path of every request: in the order in which it was queued, each target
/// by itself, with pauses that grow while it fails.
public struct Notifier: Sendable {
  /// What was not taken for so long is given up, and said so in the log.
  static let patience = Span.days(7)
  private static let firstPause = Span.seconds(5)
  private static let longestPause = Span.minutes(5)

  public let targets: [NotificationTarget]
  private let store: any Store
  private let organization: OrganizationRecord
  private let client: OutgoingClient
  private let signer: MessageSigner
  private let measures: Measures
  private let now: Clock
  private let report: @Sendable (String) -> Void

  /// - Parameter report: for the log; clients are told nothing.
  public init(
    targets: [NotificationTarget], store: any Store, organization: OrganizationRecord, client: OutgoingClient,
    signer: MessageSigner, measures: Measures, clock: @escaping Clock, report: @escaping @Sendable (String) -> Void
  ) {
    (self.targets, self.store, self.organization) = (targets, store, organization)
    (self.client, self.signer, self.measures) = (client, signer, measures)
    (now, self.report) = (clock, report)
  }

  /// PEM of the key that signs what is sent.
  public var publicKey: String { signer.publicKey }

  /// Until cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      for target in targets {
        group.addTask {
          while !Task.isCancelled {
            let isIdle = (try? await deliverNext(to: target)) != true
            if isIdle { try? await Task.sleep(for: .milliseconds(500)) }
          }
        }
      }
    }
  }

  /// Tries the oldest that waits for a target; whether there may be another to try at once.
  package func deliverNext(to target: NotificationTarget) async throws -> Bool {
    let id = organization.id
    let time = now()
    let next = try await store.read { try $0.waitingNotifications(for: target.name, limit: 1, in: id) }.first
    guard let next, next.nextAttemptAt <= time else { return false }
    do {
      try await deliver(next.document, to: target)
    } catch {
      measures.notifications.add(Measures.Outcome(name: target.name, outcome: "failed"))
      try await put(off: next, to: target, at: time, because: error)
      return false
    }
    measures.notifications.add(Measures.Outcome(name: target.name, outcome: "delivered"))
    // A crash right here delivers it once more, under the same id.
    try await store.write { try $0.removeNotification(next.sequence, in: id) }
    return true
  }

  private func put(
    off next: WaitingNotification, to target: NotificationTarget, at time: Instant, because error: any Error
  ) async throws {
    let id = organization.id
    if time - next.queuedAt > Self.patience {
      report("notification \(next.sequence) to \(target.name) is given up: \(error)")
      return try await store.write { try $0.removeNotification(next.sequence, in: id) }
    }
    if next.attempts == 0 { report("notification \(next.sequence) to \(target.name) is tried again: \(error)") }
    let doublings = min(next.attempts, 6)
    let pause = min(Span(milliseconds: Self.firstPause.milliseconds << doublings), Self.longestPause)
    try await store.write { try $0.postponeNotification(next.sequence, until: time + pause, in: id) }
  }

  private func deliver(_ document: [UInt8], to target: NotificationTarget) async throws {
    switch target.way {
    case .address(let address):
      _ = try await client.post(
        document, type: "application/json", id: NotificationDocument.id(of: document), signedBy: signer, to: address,
        within: .milliseconds(target.timeout.milliseconds), longest: 16 * 1024)
    case .command(let words):
      let seconds = Double(target.timeout.milliseconds) / 1000
      try await OwnThread.run { () throws(NotifyingCommand.Failure) in
        try NotifyingCommand.run(words, input: document, seconds: seconds)
      }
    }
  }
}

extension Notifier {
  /// How one target took a test.
  public struct TestResult: Sendable {
    public let target: String
    /// Nil when it took it.
    public let failure: String?
  }

  /// Sends a test to every target, now and once.
  public func test() async throws -> [TestResult] {
    let document = try NotificationDocument(testAt: now(), organization: organization.name).encoded
    return await withTaskGroup(of: TestResult.self) { group in
      for target in targets {
        group.addTask {
          do {
            try await deliver(document, to: target)
            return TestResult(target: target.name, failure: nil)
          } catch {
            return TestResult(target: target.name, failure: "\(error)")
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.target < $1.target }
    }
  }
}

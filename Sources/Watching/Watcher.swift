import AuditLog
import Issuance
import Registry
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks for conditions, and queues what targets are told of them.
///
/// What a look changes is one transaction: how far the log was read, the conditions raised and cleared with their entries
/// in the log, and the notifications. A restart neither loses one nor tells it twice. Nothing waits for it.
public struct Watcher: Sendable {
  private static let position = "log"
  private static let pause = Duration.seconds(1)
  /// How often what needs a larger query is looked up.
  private static let slowPause = Duration.seconds(30)
  /// Where counting devices stops.
  private static let mostCounted = 1000
  /// Notable entries that are read at once.
  private static let batch = 1000

  private let store: any Store
  private let organization: OrganizationRecord
  private let database: String
  private let targets: [NotificationTarget]
  private let rules: ConditionRules
  private let board: WatchBoard
  private let sink: SinkHealth?
  private let now: Clock
  private let report: @Sendable (String) -> Void
  private let settling: Duration
  private let began = ContinuousClock.now

  /// - Parameters:
  ///   - database: the path of the store's file.
  ///   - crlInterval: how often CRLs are made.
  ///   - sink: nil without a checkpoint sink.
  ///   - settling: what a server that was just started has to publish what was late meanwhile.
  public init(
    store: any Store, organization: OrganizationRecord, database: String, targets: [NotificationTarget],
    thresholds: WatchThresholds = WatchThresholds(), crlInterval: Span = .hours(6), board: WatchBoard,
    sink: SinkHealth?, settling: Duration = .seconds(30), clock: @escaping Clock,
    report: @escaping @Sendable (String) -> Void
  ) {
    (self.store, self.organization, self.database, self.targets) = (store, organization, database, targets)
    rules = ConditionRules(thresholds: thresholds, crlInterval: crlInterval)
    (self.board, self.sink, self.settling, now, self.report) = (board, sink, settling, clock, report)
  }

  /// Until cancelled.
  public func run() async {
    var expiring: (seen: UnrenewedCertificates, at: ContinuousClock.Instant)?
    while !Task.isCancelled {
      do {
        if expiring.map({ ContinuousClock.now - $0.at >= Self.slowPause }) ?? true {
          expiring = (try await expiringCertificates(), .now)
        }
        if let seen = expiring?.seen { while try await look(expiring: seen) {} }
      } catch {
        report("watching failed, and goes on: \(error)")
      }
      try? await Task.sleep(for: Self.pause)
    }
  }

  /// One look, as `run` does each second, for tests.
  @discardableResult
  package func lookNow(
    expiring: UnrenewedCertificates = UnrenewedCertificates(count: 0, serials: [])
  ) async throws -> Bool {
    try await look(expiring: expiring)
  }

  package func expiringNow() async throws -> UnrenewedCertificates { try await expiringCertificates() }

  func expiringCertificates() async throws -> UnrenewedCertificates {
    let id = organization.id
    let time = now()
    let before = time + rules.thresholds.expiringWithin
    return try await store.read { try $0.unrenewedCertificates(expiringBefore: before, now: time, in: id) }
  }

  private struct Seen: Sendable {
    var facts: WatchFacts
    var standing: [StandingCondition]
    var waiting: Int
    /// As it is kept in the store; nil at the first look.
    var kept: LogWatch?
    var hasMore: Bool
  }

  /// One look; whether there is more of the log to read.
  func look(expiring: UnrenewedCertificates) async throws -> Bool {
    let seen = try await read(expiring: expiring)
    let facts = seen.facts
    let conditions = rules.conditions(facts, standing: Set(seen.standing.map(\.name)))
    let transition = ConditionTransition(from: seen.standing, to: conditions, unknown: facts.unknown)
    show(seen, conditions)
    if !transition.isEmpty || isWorthKeeping(facts.log, after: seen.kept) {
      try await record(transition, facts)
    }
    return seen.hasMore
  }

  /// The position alone is written now and then, so that a restart has little to read again.
  private func isWorthKeeping(_ log: LogWatch, after kept: LogWatch?) -> Bool {
    guard let kept else { return true }
    return log.refusals != kept.refusals || log.clones != kept.clones
      || (log.position ?? 0) &- (kept.position ?? 0) > 2000
  }

  private func read(expiring: UnrenewedCertificates) async throws -> Seen {
    let id = organization.id
    let time = now()
    let space = StoreFiles.space(beside: database)
    let sink = sink?.now
    let isSettled = ContinuousClock.now - began >= settling
    return try await store.read { reader in
      let size = try reader.auditSize(in: id)
      let kept = try reader.watchPosition(Self.position, in: id).flatMap {
        try? JSONDecoder().decode(LogWatch.self, from: Data($0))
      }
      // What was in the log before anyone watched is history.
      var log = kept ?? LogWatch(position: size > 0 ? size - 1 : nil)
      let notable = try reader.notableAuditEntries(after: log.position, limit: Self.batch, in: id)
      for record in notable { log.read(record) }
      let hasMore = notable.count >= Self.batch
      if !hasMore, size > 0 { log.position = max(log.position ?? 0, size - 1) }
      log.forgetOld(at: time)
      let authorities = try reader.authorities(in: id)
      let lists = try authorities.compactMap { try reader.revocationList(of: $0.id, in: id) }
      let facts = WatchFacts(
        now: time, log: log, expiring: expiring,
        attestations: try reader.attestationCounts(at: time, upTo: Self.mostCounted, in: id),
        suspensions: try reader.attestationLimit(in: id), authorities: authorities,
        lists: isSettled ? Dictionary(lists.map { ($0.authority, $0) }) { first, _ in first } : nil, space: space,
        sink: sink)
      return Seen(
        facts: facts, standing: try reader.standingConditions(in: id),
        waiting: try reader.waitingNotificationCount(in: id), kept: kept, hasMore: hasMore)
    }
  }

  private func show(_ seen: Seen, _ conditions: [Condition]) {
    board.update { board in
      board.expiring = seen.facts.expiring.count
      board.standing = Dictionary(conditions.map { ($0.kind, 1) }, uniquingKeysWith: +)
      board.waitingNotifications = seen.waiting
      board.isSinkFailing = seen.facts.sink.map { $0.failingSince != nil }
    }
  }

  private func record(_ transition: ConditionTransition, _ facts: WatchFacts) async throws {
    let organization = organization
    let targets = targets
    let position = [UInt8](try JSONEncoder().encode(facts.log))
    try await store.write { writer in
      try writer.keepWatchPosition(position, as: Self.position, in: organization.id)
      try transition.record(in: writer, of: organization, targets: targets, at: facts.now)
    }
    for condition in transition.raised { report("condition raised: \(condition.text)") }
    for (condition, _) in transition.cleared { report("condition cleared: \(condition.name)") }
  }
}

import Registry
import WireFormats

/// Does what was started, in parts, until it is done.
///
/// A part is one transaction, which also says how far the act has come: a crash leaves whole parts, and whichever
/// process serves next goes on behind them. Two processes take turns by the same transaction. Who started an act was
/// checked then; that the person is removed meanwhile does not leave it half done.
public struct BulkActRunner: Sendable {
  /// Members of a part: others' requests come between.
  static let together = 250

  /// Done by whoever fetches the secrets, and not here.
  private static let fetched = BulkAct.invite(lifetime: nil).name

  private let store: any Store
  private let organization: OrganizationID
  private let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    (self.store, self.organization, now) = (store, organization, clock)
  }

  /// Looks for work until its task is cancelled.
  public func run(report: @Sendable (String) -> Void) async {
    while !Task.isCancelled {
      do {
        try await finishAll()
      } catch {
        report("an act on many waits: \(error)")
        try? await Task.sleep(for: .seconds(1))
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Does all that is started.
  public func finishAll() async throws {
    let organization = organization
    let waiting = try await store.read { reader in
      try reader.runningBulkActs(in: organization).filter {
        try reader.bulkAct($0, in: organization)?.act != Self.fetched
      }
    }
    for id in waiting {
      while !Task.isCancelled, try await step(id) {}
    }
  }

  /// Does one part; false when none is left.
  public func step(_ id: BulkActID) async throws -> Bool {
    let (organization, now) = (organization, now())
    return try await store.write { writer in
      guard var record = try writer.bulkAct(id, in: organization), record.state == .running,
        record.act != Self.fetched, let act = BulkAct(record)
      else { return false }
      let context = ActContext(
        writer: writer, organization: organization,
        actor: Actor(name: record.actorName, role: record.actorRole, fingerprint: record.actorFingerprint),
        door: .rest, now: now)
      let members = try writer.bulkMembers(
        of: id, after: record.processed, limit: Self.together, in: organization)
      for member in members { try Self.perform(act, on: member, of: &record, in: context) }
      if record.processed >= record.members || members.isEmpty { (record.state, record.finishedAt) = (.done, now) }
      try writer.update(record)
      return record.state == .running
    }
  }

  private static func perform(
    _ act: BulkAct, on member: BulkMember, of record: inout BulkActRecord, in context: ActContext
  ) throws {
    do {
      // RFC 9608: who checks such a certificate never asks, and takes it until it expires.
      let unannounced = try act.perform(on: member, in: context).filter(\.saysNoRevocation)
      record.done += 1
      record.unannounced += unannounced.count
      record.acceptedUntil = (unannounced.map(\.notAfter) + [record.acceptedUntil].compactMap { $0 }).max()
    } catch let refusal as Refusal {
      try context.writer.refuse(member.position, of: record.id, because: refusal.reason, in: context.organization)
    }
    record.processed = member.position
  }
}

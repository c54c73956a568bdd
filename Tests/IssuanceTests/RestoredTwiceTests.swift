import AuditLog
import Credentials
import Foundation
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// One backup, restored on two days: what the first installation gave away, the second does not give again.
@Suite struct RestoredTwiceTests {
  @Test func oneBackupRestoredTwiceRepeatsNeitherEpochNorListNorSerial() async throws {
    let scene = try await RecoveryTests.Scene()
    let (_, issued) = try await scene.enroll("PUMP-1")
    try await scene.backUp()
    let outside = try await scene.checkpoint()

    scene.old.clock.advance(by: .hours(1))
    let first = try await scene.restore(RestoreTerms(checkpoint: outside))
    #expect(first.restored.epoch == 2)
    // As busy as an installation can be: a list each quarter of a second, for an hour.
    let busy = 4 * 3600
    let published = try await Self.listNumbers(of: first, taking: busy)
    let (given, serials) = try await Self.renewals(of: issued, in: first, at: scene.old.clock)
    let checkpoint = try await Self.checkpoint(of: first, clock: scene.old.clock.now, by: scene.old)
    await first.store.close()

    scene.old.clock.advance(by: .hours(1))
    let second = try await scene.restore(RestoreTerms(checkpoint: checkpoint))
    #expect(second.restored.epoch == 3 && second.restored.entriesLost != nil)
    let after = try await Self.listNumbers(of: second, taking: 1)
    #expect(try #require(after.first) > #require(published.last))
    let (_, later) = try await Self.renewals(of: issued, in: second, at: scene.old.clock)
    #expect(Set(serials).isDisjoint(with: later) && Set(later).count == later.count)
    // What the first gave comes back to the second, as after any restore.
    let last = try #require(given.last)
    let renewed = try TestDevice("PUMP-1")
    _ = try await second.enrollment.enroll(EnrollmentServiceTests.renew(renewed, with: last))
    #expect(try await second.certificate(last)?.door == "recovery")
    await second.store.close()
  }

  @Test func withoutACheckpointOfTheFirstTheListsStillGoOn() async throws {
    let scene = try await RecoveryTests.Scene()
    try await scene.backUp()
    let list = try await scene.list(number: 5_000_000)
    scene.old.clock.advance(by: .days(1))
    let first = try await scene.restore(RestoreTerms(revocationLists: [list]))
    let published = try await Self.listNumbers(of: first, taking: 100)
    await first.store.close()
    scene.old.clock.advance(by: .minutes(1))
    let second = try await scene.restore(RestoreTerms(revocationLists: [list]))
    let after = try await Self.listNumbers(of: second, taking: 1)
    #expect(try #require(after.first) > #require(published.last))
    await second.store.close()
  }

  private static func listNumbers(of scene: RecoveryTests.RestoredScene, taking count: Int) async throws -> [Int64] {
    let organization = scene.organization
    let id = try #require(scene.authorities.active(.operational)).record.id
    return try await scene.store.write { writer in
      try (0..<count).map { _ in try writer.takeCRLNumber(of: id, in: organization) }
    }
  }

  private static func renewals(
    of issued: Issued, in scene: RecoveryTests.RestoredScene, at clock: SettableClock
  ) async throws -> ([Issued], [SerialNumber]) {
    var all: [Issued] = []
    for _ in 0..<3 {
      all.append(try await scene.enrollment.enroll(EnrollmentServiceTests.renew(TestDevice("PUMP-1"), with: issued)))
    }
    return (all, all.map(\.serial))
  }

  private static func checkpoint(
    of scene: RecoveryTests.RestoredScene, clock: @escaping Clock, by old: TestInstallation
  ) async throws -> String {
    let organization = scene.organization
    let record = try #require(try await scene.store.read { try $0.organization(organization) })
    _ = try await CheckpointWriter(
      store: scene.store, organization: record, signer: CheckpointWriter.signer(in: old.keys.online), clock: clock
    ).write()
    return try #require(try await scene.store.read { try $0.latestCheckpoint(in: organization) }).note
  }
}

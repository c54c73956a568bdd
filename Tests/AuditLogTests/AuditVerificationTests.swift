import AuditLog
import Testing

@Suite struct AuditVerificationTests {
  private func kinds(_ report: AuditReport) -> Set<AuditFinding.Kind> { Set(report.findings.map(\.kind)) }

  @Test(arguments: [0, 1, 2, 24, 25, 26, 200]) func cleanLog(_ size: Int) async throws {
    let log = try await SampleLog(entries: size)
    let report = log.verify(outside: try await log.checkpoint(over: size))
    #expect(report.findings == [])
    #expect(report.entries == UInt64(size))
    #expect(report.checkpoints == size / 25 + 1)
    #expect(report.root == MerkleTree.root(log.rows.map(\.digest)))
    #expect(report.limits == [])
  }

  @Test func whatCannotBeSeenIsSaid() async throws {
    let log = try await SampleLog(entries: 30)
    let limits = log.verify(keys: []).limits
    #expect(limits.contains { $0.contains("cut off") && $0.contains("signed anew") })
    #expect(limits.contains { $0.contains("entries 25 to 29") })
    #expect(limits.contains { $0.contains("no signature was checked") })
    let older = log.verify(outside: try await log.checkpoint(over: 10)).limits
    #expect(older.contains { $0.contains("covers 10 of 30") })
  }

  @Test func cutTailNeedsTheOutsideCheckpoint() async throws {
    var log = try await SampleLog(entries: 200)
    let outside = try await log.checkpoint(over: 180)
    log.rows.removeLast(50)
    log.checkpoints.removeLast(2)
    let unseen = log.verify()
    #expect(unseen.isClean)
    #expect(unseen.limits.contains { $0.contains("cut off") })
    let seen = log.verify(outside: outside)
    #expect(seen.findings.map(\.kind) == [.cut])
    #expect(seen.findings.first?.index == 150)
    #expect(seen.findings.first?.text.contains("180") == true)
  }

  @Test func cutTailWithItsCheckpointsLeftIsSeen() async throws {
    var log = try await SampleLog(entries: 200)
    log.rows.removeLast(60)
    let findings = log.verify().findings
    #expect(findings.map(\.kind) == [.cut])
    #expect(findings.first?.text.contains("200") == true)
  }

  @Test func historySignedAnewNeedsTheOutsideCheckpoint() async throws {
    var log = try await SampleLog(entries: 200)
    let outside = try await log.checkpoint(over: 100)
    log.rewrite(40, as: SampleLog.entry(41))
    try await log.sign(interval: 25)
    #expect(log.verify().isClean)
    let report = log.verify(outside: outside)
    #expect(report.findings.map(\.kind) == [.replaced])
    #expect(report.findings.first?.text.contains("signed anew") == true)
  }

  /// One that covers less than the change does not show it, and that is said.
  @Test func olderOutsideCheckpointSeesOnlyItsPart() async throws {
    var log = try await SampleLog(entries: 200)
    let outside = try await log.checkpoint(over: 30)
    log.rewrite(40, as: SampleLog.entry(41))
    try await log.sign(interval: 25)
    let report = log.verify(outside: outside)
    #expect(report.isClean)
    #expect(report.limits.contains { $0.contains("covers 30 of 200") })
  }

  @Test func newKeyIsNotBelieved() async throws {
    let log = try await SampleLog(entries: 100)
    let forged = try await SampleLog(entries: 100, keySeed: 8, salts: 2)
    let report = forged.verify(outside: log.checkpoints[3], keys: [log.key])
    #expect(kinds(report).isSuperset(of: [.badCheckpoint, .replaced]))
    #expect(report.findings.count { $0.kind == .badCheckpoint } == 4)
  }

  @Test func damagedOutsideCheckpointIsAFinding() async throws {
    let log = try await SampleLog(entries: 50)
    let report = log.verify(outside: log.checkpoints[0].replacing("25\n", with: "26\n"))
    #expect(report.findings.map(\.kind) == [.badCheckpoint])
    #expect(report.findings.first?.text.hasPrefix("the outside checkpoint") == true)
    #expect(report.limits.contains { $0.contains("without an older checkpoint") })
  }

  @Test func forkIsSeen() async throws {
    var log = try await SampleLog(entries: 50)
    let other = try await SampleLog(entries: 50, salts: 2)
    log.checkpoints.append(other.checkpoints[1])
    #expect(kinds(log.verify()).contains(.forked))
  }

  @Test func anotherLogsCheckpointIsSeen() async throws {
    var log = try await SampleLog(entries: 50)
    let signer = log.signer
    let foreign = Checkpoint(origin: "touchmark/acme/2", size: 10, root: MerkleTree.emptyRoot)
    let note = try await foreign.signed(as: log.key) { Array(try signer.signature(for: $0)) }.description
    log.checkpoints.append(note)
    #expect(kinds(log.verify()) == [.badCheckpoint])
    log.checkpoints.removeLast()
    #expect(kinds(log.verify(outside: note)) == [.badCheckpoint])
  }

  @Test func erasedEntriesVerifyAndAreCounted() async throws {
    var log = try await SampleLog(entries: 200)
    for place in stride(from: 0, to: 200, by: 3) { (log.rows[place].salt, log.rows[place].entry) = (nil, nil) }
    let report = log.verify(outside: try await log.checkpoint(over: 200))
    #expect(report.isClean)
    #expect(report.erased == 67)
    #expect(report.limits.contains { $0.contains("67 erased") })
    log.rows[0].digest[0] ^= 1
    #expect(kinds(log.verify()) == [.rewritten])
  }

  @Test func halfErasedIsDamage() async throws {
    var log = try await SampleLog(entries: 25)
    log.rows[3].salt = nil
    log.rows[4].entry = nil
    #expect(log.verify().findings.map(\.index) == [3, 4])
    #expect(kinds(log.verify()) == [.damaged])
  }

  @Test func gapIsNamed() async throws {
    var log = try await SampleLog(entries: 100)
    log.rows.removeSubrange(30..<40)
    let report = log.verify()
    #expect(report.findings.map(\.kind) == [.removed])
    #expect(report.findings.first?.text.contains("entries 30 to 39") == true)
    #expect(report.limits.contains { $0.contains("could not be compared") })
  }

  @Test func extremeIndexesDoNotTrap() async throws {
    var log = try await SampleLog(entries: 30)
    log.rows[10].index = .max
    log.rows[12].index = 0
    log.rows[13].digest = []
    log.rows[14].digest = [1]
    log.rows[15].entry = []
    #expect(!log.verify().isClean)
  }

  @Test func findingsAreBounded() async throws {
    var log = try await SampleLog(entries: 1200, interval: 1200)
    for place in log.rows.indices { log.rows[place].salt?[0] ^= 1 }
    let report = log.verify()
    #expect(report.findings.count == AuditVerification.maximumFindings)
    #expect(report.omitted == 200)
  }

  @Test func storedEdgeIsCompared() async throws {
    var log = try await SampleLog(entries: 60)
    var frontier = MerkleFrontier()
    for row in log.rows { frontier.append(row.digest) }
    #expect(log.verify(stored: frontier).isClean)
    log.rows.removeLast()
    log.checkpoints.removeAll()
    #expect(log.verify(stored: frontier).findings.map(\.kind) == [.cut])
  }

  @Test func findingsReadAsSentences() async throws {
    var log = try await SampleLog(entries: 50)
    log.rows[7].entry = SampleLog.entry(8).encoded()
    #expect(
      log.verify().findings.map(\.text) == [
        "entry 7 was changed: what is stored does not fit its digest in the log"
      ])
    log.rewrite(7, as: SampleLog.entry(8))
    #expect(
      log.verify().findings.map(\.text) == [
        "the log does not agree with its checkpoint over 25 entries: among entries 0 to 24 some were changed with "
          + "their digests, removed, inserted or moved",
        "a later checkpoint disagrees, too, as it must",
      ])
  }
}

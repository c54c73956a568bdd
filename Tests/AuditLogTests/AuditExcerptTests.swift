import AuditLog
import Testing
import WireFormats

/// A stretch of a log proves itself, and nothing else passes for it.
@Suite struct AuditExcerptTests {
  private struct Scene {
    let log: SampleLog
    let leaves: [[UInt8]]

    init() async throws {
      log = try await SampleLog(entries: 77, interval: 7)
      leaves = log.rows.map(\.digest)
    }

    func excerpt(_ stretch: Range<Int>, checkpoint: Int = 10) throws -> AuditExcerpt {
      var before = MerkleFrontier()
      for leaf in leaves.prefix(stretch.lowerBound) { before.append(leaf) }
      let note = log.checkpoints[checkpoint]
      let size = Int(try Checkpoint(parsing: SignedNote(parsing: note).text).size)
      return AuditExcerpt(
        before: before, checkpoint: note,
        consistency: try #require(
          MerkleProof.consistency(from: stretch.upperBound, in: Array(leaves.prefix(size)))))
    }

    func report(
      _ stretch: Range<Int>, _ excerpt: AuditExcerpt, outside: String? = nil,
      _ change: (inout SampleLog) -> Void = { _ in }
    ) -> AuditReport {
      var changed = log
      change(&changed)
      var verification = AuditVerification(excerpt, outside: outside, keys: [log.key])
      for row in changed.rows[stretch] {
        verification.feed(index: row.index, digest: row.digest, salt: row.salt, entry: row.entry)
      }
      return verification.finish(excerpt)
    }
  }

  @Test(arguments: [0..<77, 0..<1, 20..<40, 31..<33, 64..<77, 76..<77, 32..<64])
  func aTrueStretchIsClean(_ stretch: Range<Int>) async throws {
    let scene = try await Scene()
    let report = scene.report(stretch, try scene.excerpt(stretch))
    #expect(report.isClean, "\(report.findings)")
    #expect(report.entries == UInt64(stretch.count) && report.checkpoints == 1)
  }

  @Test func whatIsChangedIsFound() async throws {
    let scene = try await Scene()
    let excerpt = try scene.excerpt(20..<40)
    let rewritten = scene.report(20..<40, excerpt) { $0.rewrite(30, as: SampleLog.entry(31)) }
    #expect(rewritten.findings.map(\.kind) == [.rewritten])
    let shorter = scene.report(20..<39, excerpt)
    #expect(shorter.findings.map(\.kind) == [.rewritten])
    let later = scene.report(21..<40, excerpt)
    #expect(later.findings.map(\.kind) == [.removed])
    let erased = scene.report(20..<40, excerpt) { ($0.rows[25].salt, $0.rows[25].entry) = (nil, nil) }
    #expect(erased.isClean && erased.erased == 1)
    let elsewhere = AuditExcerpt(
      before: try scene.excerpt(21..<40).before, checkpoint: excerpt.checkpoint, consistency: excerpt.consistency)
    #expect(!scene.report(21..<40, elsewhere) { $0.rewrite(21, as: SampleLog.entry(3)) }.isClean)
  }

  @Test func aCheckpointFromOutsideIsComparedWhereItCanBe() async throws {
    let scene = try await Scene()
    let excerpt = try scene.excerpt(20..<40)
    // Over 21, 28 and 35 entries, within the stretch.
    for place in 2...4 {
      let report = scene.report(20..<40, excerpt, outside: scene.log.checkpoints[place])
      #expect(report.isClean && report.checkpoints == 2, "\(report)")
    }
    let before = scene.report(20..<40, excerpt, outside: scene.log.checkpoints[0])
    #expect(before.isClean && before.limits.contains { $0.contains("could not be compared") })
    let other = try await SampleLog(entries: 77, interval: 7, salts: 2)
    let foreign = scene.report(20..<40, excerpt, outside: other.checkpoints[3])
    #expect(!foreign.isClean)
  }
}

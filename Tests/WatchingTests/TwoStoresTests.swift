import AuditLog
import Foundation
import Registry
import Synchronization
import TestKit
import Testing
import Watching
import WireFormats

/// Two processes commit into one file: a client of either sees what both did, each once and in the log's order.
@Suite(.serialized) struct TwoStoresTests {
  @Test func whoFollowsOneSeesWhatTheOtherCommits() async throws {
    try await WatchScene.with { scene in
      let organization = scene.installation.organization
      let own = scene.installation.store
      let other = try SQLiteStore(path: scene.installation.folder + "/touchmark.sqlite")
      let hub = EventHub(store: own, organization: organization)
      let start = try await own.read { try $0.auditSize(in: organization) }
      let at = scene.installation.clock.now()
      @Sendable func append(_ number: Int, to store: SQLiteStore, as who: String) async throws {
        let entry = AuditEntry(
          at: at, actor: who, door: "test", act: "test.event", subject: "\(who) \(number)", outcome: "ok")
        try await store.write { try $0.append(entry, in: organization) }
      }
      let each = 40
      let following = Task { () async throws -> [String] in
        var (seen, next) = ([String](), start)
        while seen.count < 2 * each {
          await hub.growth(beyond: next, until: .now + .seconds(30))
          let after = next - 1
          let page = try await own.read {
            try $0.auditEntries(after: after, limit: 1000, subject: nil, in: organization)
          }
          guard !page.isEmpty else { break }
          for row in page {
            #expect(row.index == next)
            next = row.index + 1
            seen.append(try AuditEntry(decoding: row.entry ?? []).subject)
          }
        }
        return seen
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { for number in 0..<each { try await append(number, to: own, as: "own") } }
        group.addTask { for number in 0..<each { try await append(number, to: other, as: "other") } }
        try await group.waitForAll()
      }
      let seen = try await following.value
      let expected = ["own", "other"].flatMap { who in (0..<each).map { "\(who) \($0)" } }
      #expect(seen.sorted() == expected.sorted())
      for who in ["own", "other"] {
        #expect(seen.filter { $0.hasPrefix("\(who) ") } == (0..<each).map { "\(who) \($0)" })
      }
      await other.close()
    }
  }

  /// What it costs to count an OCSP answer and its time, per call: said, not judged.
  @Test func countingIsCheap() {
    let measures = Measures()
    let rounds = 200_000
    let took = ContinuousClock().measure {
      for _ in 0..<rounds { measures.answered(method: "GET", in: .microseconds(250)) }
    }
    let nanoseconds = Double(took.components.attoseconds) / 1e9 + Double(took.components.seconds) * 1e9
    print("counting: \(Int(nanoseconds / Double(rounds))) ns a call in this build")
    #expect(took < .seconds(20))
  }
}

import AdministrationAPI
import AuditLog
import NIOHTTP1
import Registry
import TestKit
import Testing
import WebService
import WireFormats

@Suite struct RESTEventTests {
  private typealias Page = ItemPage<AuditItem>

  private static func append(_ act: String, on subject: String = "device:x", in scene: RESTScene) async throws {
    let organization = scene.installation.organization
    let entry = AuditEntry(
      at: scene.installation.clock.now(), actor: "test", door: "rest", act: act, subject: subject, outcome: "ok")
    try await scene.installation.store.write { try $0.append(entry, in: organization) }
  }

  @Test func theyGoOnWhereTheLastAnswerEnded() async throws {
    try await RESTScene.with { scene in
      let all: Page = try await scene.call(.GET, "/events?limit=1000", as: "auditor").decoded()
      let end = try #require(all.next)
      #expect(all.items.last.map { "1.\($0.index)" } == end)
      let none: Page = try await scene.call(.GET, "/events?after=\(end)").decoded()
      #expect(none.items.isEmpty && none.next == end)
      try await Self.append("device.add", in: scene)
      let one: Page = try await scene.call(.GET, "/events?after=\(end)").decoded()
      #expect(one.items.map(\.act) == ["device.add"])
    }
  }

  @Test func aWaitEndsWithTheCommitThatFits() async throws {
    try await RESTScene.with { scene in
      let all: Page = try await scene.call(.GET, "/events?limit=1000").decoded()
      let end = try #require(all.next)
      let waiting = Task {
        try await scene.call(
          .GET, "/events?after=\(end)&wait=30s&kind=grant&kind=device.add&subject=device:y", as: "auditor")
      }
      try await Task.sleep(for: .milliseconds(400))
      try await Self.append("device.add", on: "device:x", in: scene)
      try await Self.append("device.suspend", on: "device:y", in: scene)
      try await Task.sleep(for: .milliseconds(400))
      let began = ContinuousClock.now
      try await Self.append("device.add", on: "device:y", in: scene)
      let page: Page = try await waiting.value.decoded()
      #expect(ContinuousClock.now - began < .seconds(1))
      #expect(page.items.map(\.subject) == ["device:y"])
      #expect(page.items.map(\.act) == ["device.add"])
    }
  }

  @Test func aFilterThatFitsNothingStillMovesOn() async throws {
    try await RESTScene.with { scene in
      try await Self.append("device.add", in: scene)
      let all: Page = try await scene.call(.GET, "/events?limit=1000").decoded()
      let none: Page = try await scene.call(.GET, "/events?kind=nothing&wait=1s").decoded()
      #expect(none.items.isEmpty)
      #expect(none.next == all.next)
      try await scene.refuses(400, "bad_request", .GET, "/events?wait=soon")
    }
  }

  @Test func aClientWaitsInFourPlacesAtMost() async throws {
    try await RESTScene.with { scene in
      let all: Page = try await scene.call(.GET, "/events?limit=1000").decoded()
      let path = "/events?after=\(try #require(all.next))&wait=20s"
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<5 { group.addTask { try await scene.call(.GET, path, as: "auditor").status } }
        // The fifth is refused at once; the others wait.
        #expect(try await group.next() == 429)
        #expect(try await scene.call(.GET, "/events?limit=1", as: "auditor").status == 200)
        try await Self.append("device.add", in: scene)
        for try await status in group { #expect(status == 200) }
      }
    }
  }

  /// As a restore of a backup with so many entries leaves the log.
  private static func openEpoch(_ number: Int, after kept: Int, in scene: RESTScene) async throws {
    let organization = scene.installation.organization
    let root = try #require(scene.installation.authorities.root?.id)
    let now = scene.installation.clock.now()
    try await scene.installation.store.write { writer in
      try writer.openAuditEpoch(number, in: organization)
      try writer.insert(
        AuditEpochRecord(
          epoch: number, beginsAt: UInt64(kept), statement: "", signature: [], authority: root, openedAt: now,
          restoredFrom: now, recoveryUntil: now, entriesLost: nil), in: organization)
    }
  }

  @Test func whoFollowedBeforeARestoreIsToldWhereTheLogDiffers() async throws {
    try await RESTScene.with { scene in
      for _ in 0..<5 { try await Self.append("device.add", in: scene) }
      let all: Page = try await scene.call(.GET, "/events?limit=1000").decoded()
      let (end, size) = (try #require(all.next), all.items.count)
      try await Self.openEpoch(2, after: size - 3, in: scene)
      for _ in 0..<3 { try await Self.append("device.suspend", in: scene) }
      // The index is there again, and another entry stands at it.
      let gone = try await scene.call(.GET, "/events?after=\(end)&wait=20s")
      #expect(gone.status == 409 && gone["code"] == "not_in_log", "\(gone.text)")
      let problem: Problem = try gone.decoded()
      #expect(problem.epoch == 2 && problem.size == Int64(size + 3) && problem.after == "2.\(size - 4)")
      let rest: Page = try await scene.call(.GET, "/events?after=\(try #require(problem.after))").decoded()
      #expect(rest.items.map(\.index) == (size - 3..<size + 3).map { Int64($0) })
      #expect(rest.next == "2.\(size + 2)")
      // Whoever was no further than what was restored has missed nothing.
      let early: Page = try await scene.call(.GET, "/events?after=1.\(size - 4)").decoded()
      #expect(early.items.count == 6)
      // Twice: the earlier of the two tells where it began to differ.
      try await Self.openEpoch(3, after: size, in: scene)
      let first: Problem = try await scene.call(.GET, "/events?after=\(end)").decoded()
      let second: Problem = try await scene.call(.GET, "/events?after=2.\(size + 2)").decoded()
      #expect(first.after == "3.\(size - 4)" && second.after == "3.\(size - 1)")
    }
  }

  @Test func whatTheLogNeverHadIsSaidAndNotWaitedFor() async throws {
    try await RESTScene.with { scene in
      let all: Page = try await scene.call(.GET, "/events?limit=1000").decoded()
      for after in ["99999", "1.99999", "2.0"] {
        let answer = try await scene.call(.GET, "/events?after=\(after)&wait=20s")
        let problem: Problem = try answer.decoded()
        #expect(answer.status == 409 && problem.code == "not_in_log", "\(answer.text)")
        #expect(problem.epoch == 1 && problem.size == Int64(all.items.count) && problem.after == nil)
      }
      for after in ["-1", "1.", ".1", "0.1", "1.2.3", "one", "99999999999999999999", "9223372036854775808"] {
        try await scene.refuses(400, "bad_request", .GET, "/events?after=\(after)")
      }
    }
  }
}

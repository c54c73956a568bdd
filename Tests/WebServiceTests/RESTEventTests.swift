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
      #expect(all.items.last.map { "\($0.index)" } == end)
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
}

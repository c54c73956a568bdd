import Foundation
import Issuance
import Registry
import TestKit
import Testing
import Watching
import WireFormats

@Suite(.serialized) struct NotifierTests {
  private static func queue(_ text: String, for target: NotificationTarget, in scene: WatchScene) async throws {
    let organization = scene.installation.organization
    let now = scene.installation.clock.now()
    try await scene.installation.store.write {
      try $0.queueNotification(to: target.name, document: Array(text.utf8), at: now, in: organization)
    }
  }

  private static func waiting(_ scene: WatchScene) async throws -> Int {
    let organization = scene.installation.organization
    return try await scene.installation.store.read { try $0.waitingNotificationCount(in: organization) }
  }

  private static func command(_ script: String, timeout: Span = .seconds(10)) throws -> NotificationTarget {
    try #require(
      NotificationTarget(
        name: "script", way: .command(["/bin/sh", "-c", script]), kinds: [.crl], timeout: timeout))
  }

  @Test func aWebhookGetsEachInOrderSignedAndOnce() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.text(500, "{}"))
      defer { receiver.close() }
      let address = try #require(WebhookAddress(receiver.url + "/told"))
      let target = try #require(NotificationTarget(name: "hook", way: .address(address), kinds: [.crl]))
      try await Self.queue(#"{"n":1}"#, for: target, in: scene)
      try await Self.queue(#"{"n":2}"#, for: target, in: scene)
      let notifier = scene.notifier([target])
      #expect(try await notifier.deliverNext(to: target) == false)
      #expect(try await Self.waiting(scene) == 2)
      // It is not tried again at once, and the second does not overtake it.
      #expect(try await notifier.deliverNext(to: target) == false)
      #expect(receiver.requests.count == 1)
      receiver.set(.text(204, ""))
      scene.installation.clock.advance(by: .seconds(6))
      while try await notifier.deliverNext(to: target) {}
      #expect(receiver.requests.map(\.text) == [#"{"n":1}"#, #"{"n":1}"#, #"{"n":2}"#])
      #expect(try await Self.waiting(scene) == 0)
      let last = try #require(receiver.requests.last)
      #expect(try scene.isSigned(last, to: receiver.url + "/told"))
      #expect(scene.figures().contains(#"touchmark_notifications_total{target="hook",outcome="delivered"} 2"#))
    }
  }

  @Test func aCommandGetsTheDocumentAndNothingOfOurs() async throws {
    try await WatchScene.with { scene in
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      setenv("TOUCHMARK_TEST_SECRET", "do not tell", 1)
      defer { unsetenv("TOUCHMARK_TEST_SECRET") }
      let target = try Self.command(
        "cat > \(folder.path)/in; env > \(folder.path)/env; ls /proc/self/fd > \(folder.path)/fd")
      try await Self.queue(#"{"state":"raised"}"#, for: target, in: scene)
      #expect(try await scene.notifier([target]).deliverNext(to: target))
      #expect(folder.text("in") == #"{"state":"raised"}"#)
      let environment = folder.text("env") ?? ""
      #expect(environment.contains("PATH=") && !environment.contains("TOUCHMARK") && !environment.contains("HOME="))
      // Its three streams, and the folder that ls itself opens.
      #expect((folder.text("fd") ?? "").split(separator: "\n").count <= 4)
    }
  }

  @Test func aCommandThatFailsOrHangsIsTriedAgain() async throws {
    try await WatchScene.with { scene in
      let failing = try Self.command("exit 3")
      try await Self.queue("{}", for: failing, in: scene)
      #expect(try await scene.notifier([failing]).deliverNext(to: failing) == false)
      #expect(try await Self.waiting(scene) == 1)
      let results = try await scene.notifier([failing]).test()
      #expect(results.map(\.failure) == ["/bin/sh ended with 3"])
      let hanging = try Self.command("sleep 60 & sleep 60", timeout: .seconds(1))
      let began = ContinuousClock.now
      #expect(try await scene.notifier([hanging]).test().map(\.failure) == ["/bin/sh was ended after 1.0 s"])
      #expect(ContinuousClock.now - began < .seconds(10))
      // After a week it is given up.
      scene.installation.clock.advance(by: .days(8))
      #expect(try await scene.notifier([failing]).deliverNext(to: failing) == false)
      #expect(try await Self.waiting(scene) == 0)
    }
  }

  @Test func whatCannotBeATargetIsNone() {
    #expect(NotificationTarget(name: "x", way: .command(["relative"]), kinds: []) == nil)
    #expect(NotificationTarget(name: "x", way: .command([]), kinds: []) == nil)
    #expect(NotificationTarget(name: "a b", way: .command(["/bin/true"]), kinds: []) == nil)
    #expect(NotificationTarget(name: "x", way: .command(["/bin/true"]), kinds: [], timeout: .hours(1)) == nil)
  }
}

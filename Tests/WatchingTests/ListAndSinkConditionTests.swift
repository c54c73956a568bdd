import Foundation
import Issuance
import Registry
import TestKit
import Testing
import Watching
import WireFormats

/// A list that is late, and a sink that takes nothing: told when they begin, and when they end.
@Suite(.serialized) struct ListAndSinkConditionTests {
  /// Publishes each issuing authority's list at this moment.
  private func publish(_ scene: WatchScene, lasting life: Span = .hours(24)) async throws {
    let organization = scene.installation.organization
    let now = scene.installation.clock.now()
    let authorities = scene.installation.authorities.all.map(\.record.id)
    try await scene.installation.store.write { writer in
      for authority in authorities {
        let number = try writer.takeCRLNumber(of: authority, in: organization)
        try writer.store(
          RevocationList(
            authority: authority, number: number, thisUpdate: now, nextUpdate: now + life, encoded: [0x30]),
          in: organization)
      }
    }
  }

  @Test func aListThatIsLateIsToldAndSoIsItsEnd() async throws {
    try await WatchScene.with { scene in
      let watcher = scene.watcher([try ConditionTests.target()], thresholds: ConditionTests.quiet(), settling: .zero)
      try await publish(scene)
      _ = try await watcher.lookNow()
      #expect(try await ConditionTests.told(scene) == [])
      // Six hours are planned, and one is forgiven.
      scene.installation.clock.advance(by: .hours(7))
      _ = try await watcher.lookNow()
      #expect(try await ConditionTests.told(scene) == [])
      scene.installation.clock.advance(by: .minutes(1))
      for _ in 0..<2 { _ = try await watcher.lookNow() }
      let count = scene.installation.authorities.all.count
      #expect(try await ConditionTests.told(scene) == Array(repeating: "raised crl", count: count))
      let standing = try await standing(scene)
      #expect(standing.allSatisfy { $0.contains("is late") } && standing.count == count, "\(standing)")
      // A server that was just started says nothing of lists, neither that they are late nor that they are not.
      let restarted = scene.watcher([try ConditionTests.target()], thresholds: ConditionTests.quiet())
      _ = try await restarted.lookNow()
      #expect(try await ConditionTests.told(scene).count == count)
      try await publish(scene)
      _ = try await watcher.lookNow()
      #expect(
        try await ConditionTests.told(scene) == Array(repeating: "raised crl", count: count)
          + Array(repeating: "cleared crl", count: count))
    }
  }

  /// Made by hand, for a year: it is told two weeks before its end, whatever its age.
  @Test func aRootsListIsToldBeforeItEnds() async throws {
    try await WatchScene.with { scene in
      var thresholds = ConditionTests.quiet()
      thresholds.crlLate = .days(36_500)
      let watcher = scene.watcher([try ConditionTests.target()], thresholds: thresholds, settling: .zero)
      scene.installation.clock.advance(by: .days(350))
      _ = try await watcher.lookNow()
      #expect(try await ConditionTests.told(scene) == [])
      scene.installation.clock.advance(by: .days(2))
      _ = try await watcher.lookNow()
      // The root's alone: nothing is published yet by the one that waits.
      #expect(try await ConditionTests.told(scene) == ["raised crl"])
      #expect(try await standing(scene).first?.contains("ends at") == true)
    }
  }

  @Test func aSinkThatTakesNothingIsToldAfterHalfAMinute() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.text(503, ""))
      defer { receiver.close() }
      let health = SinkHealth()
      let delivery = try CheckpointSinkTests.delivery(receiver.url + "/log", scene, health: health)
      let watcher = scene.watcher([try ConditionTests.target()], thresholds: ConditionTests.quiet(), sink: health)
      _ = try await CheckpointSinkTests.grow(scene)
      let steps: [(Span, Int)] = [(.seconds(0), 0), (.seconds(29), 0), (.seconds(1), 1), (.seconds(60), 1)]
      for (wait, told) in steps {
        scene.installation.clock.advance(by: wait)
        await #expect(throws: (any Error).self) { try await delivery.deliver() }
        _ = try await watcher.lookNow()
        #expect(try await ConditionTests.told(scene).count == told, "\(wait)")
      }
      #expect(try await standing(scene).first?.contains("takes no checkpoints since") == true)
      receiver.set(.text(200, ""))
      try await delivery.deliver()
      _ = try await watcher.lookNow()
      #expect(try await ConditionTests.told(scene) == ["raised sink", "cleared sink"])
    }
  }

  private func standing(_ scene: WatchScene) async throws -> [String] {
    let organization = scene.installation.organization
    return try await scene.installation.store.read { try $0.standingConditions(in: organization) }.map {
      String(decoding: $0.document, as: UTF8.self)
    }
  }
}

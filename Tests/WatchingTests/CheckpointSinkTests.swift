import AuditLog
import Foundation
import Issuance
import Registry
import TestKit
import Testing
import Watching
import WireFormats

@Suite(.serialized) struct CheckpointSinkTests {
  static func delivery(
    _ place: String, _ scene: WatchScene, health: SinkHealth = SinkHealth()
  ) throws -> CheckpointDelivery {
    CheckpointDelivery(
      sink: try #require(CheckpointSink(place)), store: scene.installation.store,
      organization: scene.installation.organization, client: scene.client, signer: scene.signer,
      health: health, measures: scene.measures, clock: scene.installation.clock.now)
  }

  static func grow(_ scene: WatchScene) async throws -> String {
    try await scene.append("device.add", on: "device:x", outcome: "ok")
    let writer = CheckpointWriter(
      store: scene.installation.store, organization: scene.installation.authorities.organization,
      signer: try CheckpointWriter.signer(in: scene.installation.keys.online), clock: scene.installation.clock.now)
    return try #require(try await writer.write()).note
  }

  @Test func eachCheckpointIsAppendedOnce() async throws {
    try await WatchScene.with { scene in
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let delivery = try Self.delivery(folder.path + "/", scene)
      let first = try await Self.grow(scene)
      try await delivery.deliver()
      try await delivery.deliver()
      let second = try await Self.grow(scene)
      // As after a restart: what was delivered is known from the store.
      try await Self.delivery(folder.path + "/", scene).deliver()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.count == 1 && names[0].hasSuffix(".checkpoints"))
      #expect(folder.text(names[0]) == first + "\n" + second)
    }
  }

  /// A file that was moved away is left alone, and the next checkpoint begins another: nothing has to be restarted.
  @Test func aFileIsRotatedByMovingItAway() async throws {
    try await WatchScene.with { scene in
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let delivery = try Self.delivery(folder.path + "/", scene)
      let first = try await Self.grow(scene)
      try await delivery.deliver()
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
      try FileManager.default.moveItem(atPath: folder.path + "/" + name, toPath: folder.path + "/2026-11." + name)
      // What was delivered is not delivered again.
      try await delivery.deliver()
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + name))
      let second = try await Self.grow(scene)
      try await delivery.deliver()
      #expect(folder.text("2026-11." + name) == first)
      #expect(folder.text(name) == second)
    }
  }

  @Test func anAddressIsToldAndTriedAgain() async throws {
    try await WatchScene.with { scene in
      let receiver = Receiver(.text(503, ""))
      defer { receiver.close() }
      let delivery = try Self.delivery(receiver.url + "/log", scene)
      let note = try await Self.grow(scene)
      await #expect(throws: OutgoingFailure.status(503)) { try await delivery.deliver() }
      receiver.set(.text(200, ""))
      try await delivery.deliver()
      #expect(receiver.requests.map(\.text) == [note, note])
      #expect(try scene.isSigned(receiver.requests[1], to: receiver.url + "/log"))
      #expect(scene.figures().contains(#"touchmark_checkpoint_sink_deliveries_total{outcome="failed"} 1"#))
      #expect(scene.figures().contains(#"touchmark_checkpoint_sink_deliveries_total{outcome="delivered"} 1"#))
    }
  }

  @Test func aFileThatCannotBeWrittenIsAFailure() async throws {
    try await WatchScene.with { scene in
      _ = try await Self.grow(scene)
      await #expect(throws: (any Error).self) {
        try await Self.delivery("/proc/no-such-folder/checkpoints", scene).deliver()
      }
      #expect(CheckpointSink("relative/path") == nil)
      #expect(CheckpointSink("http://elsewhere.example/") == nil)
    }
  }
}

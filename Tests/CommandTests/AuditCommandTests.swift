import AdministrationAPI
import Foundation
import TestKit
import Testing

@Suite(.serialized) struct AuditCommandTests {
  /// The log verifies on a copy, with no server; a copy whose past was changed does not.
  @Test func aCopyVerifiesOfflineAndAChangedOneDoesNot() async throws {
    try await RunningServer.with { server in
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 0)
      let listed: [AuditItem] = try await server.json(["audit", "list"])
      #expect(listed.contains { $0.act == "device.add" })
      #expect(listed.map(\.index) == Array(0..<Int64(listed.count)))
      let tail: [AuditItem] = try await server.json(["audit", "list", "--after", "2", "--limit", "2"])
      #expect(tail.map(\.index) == [3, 4])
      let newest: [AuditItem] = try await server.json(["audit", "list", "--latest", "2"])
      #expect(newest.map(\.index) == listed.suffix(2).map(\.index))
      await server.stop()

      let copy = server.folder.path + "/copy.sqlite"
      try FileManager.default.copyItem(atPath: server.data + "/touchmark.sqlite", toPath: copy)
      let whole = try await Program.touchmark.run(["audit", "verify", "--store", copy])
      #expect(whole.exit == 0, "\(whole.transcript)")
      #expect(whole.output.hasPrefix("the log of Test Works is whole, as far as can be seen\n"))
      #expect(whole.output.contains("not seen: without an older checkpoint"))

      // The same length, so that the file stays a database: only the entry says another thing.
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: copy)))
      let place = try #require(bytes.firstRange(of: Array("\"device.add\"".utf8)))
      bytes.replaceSubrange(place, with: Array("\"device.sad\"".utf8))
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      let changed = try await Program.touchmark.run(["audit", "verify", "--store", copy])
      #expect(changed.exit == 8, "\(changed.transcript)")
      #expect(changed.output.contains("was changed: what is stored does not fit its digest in the log"))
    }
  }

  /// A checkpoint that was kept elsewhere: the log that it saw agrees with it, and another log does not.
  @Test func anOlderCheckpointProvesGrowth() async throws {
    try await RunningServer.with { server in
      let kept = server.folder.path + "/kept.note"
      let fetched = try await Program(path: "/usr/bin/env").run([
        "curl", "-sSf", "--cacert", server.root, "--cert", server.data + "/admin.pem", "--key",
        server.data + "/admin.key", "-o", kept, server.https + "/api/v1/audit/checkpoint",
      ])
      #expect(fetched.exit == 0, "\(fetched.transcript)")
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 0)
      // The server signs once a second, and once more when it stops.
      await server.stop()
      let grown = try await server.touchmark(["audit", "verify", "--from", kept])
      #expect(grown.exit == 0, "\(grown.transcript)")
      #expect(!grown.output.contains("without an older checkpoint"))
      #expect(!grown.output.contains("no public key"))

      try await RunningServer.with { other in
        await other.stop()
        let foreign = try await other.touchmark(["audit", "verify", "--from", kept])
        #expect(foreign.exit == 8, "\(foreign.transcript)")
      }
    }
  }

  /// The file is at fault, not the log.
  @Test func aFileThatIsNoCheckpointIsSaid() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("empty", "")
    let outcome = try await Program.touchmark.run(["audit", "verify", "--from", folder.path + "/empty"])
    #expect(outcome.exit == 1)
    #expect(outcome.errors.hasPrefix("touchmark: \(folder.path)/empty holds no checkpoint\n"))
  }

  @Test func aMissingStoreIsSaid() async throws {
    let outcome = try await Program.touchmark.run(["audit", "verify", "--store", "/nonexistent.sqlite"])
    #expect(outcome.transcript == "touchmark: there is no file /nonexistent.sqlite\n[5]\n")
  }

  @Test func aKeyThatIsNoneIsRefused() async throws {
    let outcome = try await Program.touchmark.run(["audit", "verify", "--store", "x", "--key", "nonsense"])
    #expect(
      outcome.transcript == """
        touchmark: 'nonsense' is neither a key nor a file
        hint: a key reads NAME+HASH+KEY
        [5]

        """)
  }
}

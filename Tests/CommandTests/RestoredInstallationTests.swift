import AdministrationAPI
import Foundation
import TestKit
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A restore as docs/backup.md shows it: who was removed stays out, and who followed the log misses nothing.
@Suite(.serialized) struct RestoredInstallationTests {
  /// What an operator elsewhere has: an identity, the root, and nothing of the data folder.
  private func makeDesk(_ server: RunningServer) throws -> String {
    let desk = server.folder.path + "/desk"
    try FileManager.default.createDirectory(atPath: desk, withIntermediateDirectories: true)
    for name in ["admin.pem", "admin.key", "root.pem"] {
      try FileManager.default.copyItem(atPath: "\(server.data)/\(name)", toPath: "\(desk)/\(name)")
    }
    return desk
  }

  private func becomesTrue(_ condition: () throws -> Bool) async throws -> Bool {
    for _ in 0..<600 {
      if try condition() { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  private func sink(_ server: RunningServer) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: server.folder.path + "/sink")) ?? []
    return names.compactMap { server.folder.text("sink/\($0)") }.joined()
  }

  @Test func whoWasRemovedStaysOutAndWhoFollowsMissesNothing() async throws {
    try await RunningServer.with { server in
      await server.stop()
      try FileManager.default.createDirectory(
        atPath: server.folder.path + "/sink", withIntermediateDirectories: true)
      try await server.serve(["--checkpoint-sink", server.folder.path + "/sink/"])
      let carol = server.folder.path + "/carol"
      let added = try await server.touchmark(["admin", "add", "carol", "--role", "administrator", "--out", carol])
      #expect(added.exit == 0, "\(added.transcript)")
      try server.folder.write("phrase", "a passphrase for the root's file\n")
      let exported = try await server.touchmark(
        [
          "root", "export", "--to", server.folder.path + "/r1.keys", "--passphrase-file",
          server.folder.path + "/phrase",
        ])
      #expect(exported.exit == 0, "\(exported.transcript)")
      try await server.backUp()
      let delivered = sink(server).count
      let follower = try Child(
        Program.touchmark.path,
        [
          "audit", "list", "--follow", "-o", "jsonl", "--server", server.https, "--identity",
          try makeDesk(server) + "/admin.pem",
        ], environment: Program.environment([:]),
        streams: .init(output: server.folder.path + "/followed.jsonl", errors: server.folder.path + "/said"))
      defer { follower.signal(SIGTERM) }
      #expect(try await server.touchmark(["admin", "remove", "carol"]).exit == 0)
      for number in 1...6 {
        #expect(
          try await server.touchmark(["device", "add", "AFTER-\(number)", "--profile", "operational"]).exit == 0)
      }
      #expect(try await becomesTrue { server.folder.text("followed.jsonl")?.contains("AFTER-6") == true })
      #expect(try await becomesTrue { sink(server).count > delivered })
      try await server.takeLists()
      await server.stop()
      let gone = server.data + ".gone"
      try FileManager.default.moveItem(atPath: server.data, toPath: gone)

      try await comesBackWithoutLists(server, gone)
      try server.folder.write("lists/readme.txt", "not a list\n")
      let restored = try await Program.touchmark.run(
        server.restoring + [
          "--crl", "lists", "--checkpoint", "sink", "--root", "r1.keys", "--root-passphrase-file", "phrase",
        ], in: server.folder.path)
      #expect(restored.exit == 0 && !restored.errors.contains("carol"), "\(restored.transcript)")
      #expect(restored.errors.contains("administrator from now on: administrator"), "\(restored.transcript)")
      #expect(restored.errors.contains("entries of the log are known to be lost"), "\(restored.transcript)")
      try server.bringAdministrator(from: gone)
      try await server.serve()
      let refused = try await server.touchmark(["admin", "list", "--identity", carol + ".pem"])
      #expect(refused.exit == 4, "\(refused.transcript)")
      let entries: [AuditItem] = try await server.json(["audit", "list", "--where", "act=installation.restore"])
      #expect(entries.first?.details["lists"]?.contains("installation (") == true, "\(entries)")
      #expect(entries.first?.details["without_lists"] == "")
      let isTold = try await becomesTrue {
        server.folder.text("followed.jsonl")?.contains("installation.restore") == true
      }
      #expect(
        isTold && server.folder.text("said")?.contains("is in epoch 2") == true, "\(server.folder.text("said") ?? "")")
    }
  }

  /// The same without the lists: what was done since the backup is said to be forgotten, and so it is.
  private func comesBackWithoutLists(_ server: RunningServer, _ gone: String) async throws {
    let restoring = server.restoring.map { $0 == server.data ? server.folder.path + "/other" : $0 }
    let unanswered = try await Program.touchmark.run(restoring + ["--root", gone + "/root"])
    #expect(unanswered.exit == 6 && unanswered.errors.contains("installation ("), "\(unanswered.transcript)")
    let unread = try await Program.touchmark.run(
      restoring + RunningServer.withoutLists + [
        "--root", gone + "/root", "--checkpoint", server.folder.path + "/phrase",
      ])
    #expect(unread.exit == 1 && unread.errors.contains("phrase holds no checkpoint"), "\(unread.transcript)")
    let said = try await Program.touchmark.run(restoring + RunningServer.withoutLists + ["--root", gone + "/root"])
    #expect(said.exit == 0 && said.errors.contains("no list was given of installation"), "\(said.transcript)")
    #expect(said.errors.contains("administrator from now on: administrator, carol"), "\(said.transcript)")
    #expect(said.errors.contains("no checkpoint was given"), "\(said.transcript)")
  }
}

import Foundation
import TestKit
import Testing

/// An auditor is handed what was done before and after a restore, in one export.
@Suite(.serialized) struct AuditEpochExportTests {
  @Test func anExportGoesOverEpochs() async throws {
    try await RunningServer.with { server in
      func add(_ serial: String, at data: String) async throws {
        let added = try await Program.touchmark.run(
          ["device", "add", serial, "--profile", "operational", "--data", data], in: server.folder.path)
        try #require(added.exit == 0, "\(added.transcript)")
      }
      let secret = server.folder.path + "/passphrase"
      try server.folder.write("passphrase", "a passphrase for backups\n")
      try await add("FIRST-1", at: server.data)
      try FileManager.default.copyItem(atPath: server.data + "/audit.pub", toPath: server.folder.path + "/first.pub")
      let (file, kept) = (server.folder.path + "/backup", server.folder.path + "/kept")
      let backup = try await server.touchmark(["backup", "--to", file, "--passphrase-file", secret])
      try #require(backup.exit == 0, "\(backup.transcript)")
      try await add("LOST-1", at: server.data)
      let identity = ["admin.pem", "admin.key"]
      await server.stop()
      try FileManager.default.moveItem(atPath: server.data, toPath: kept)
      let restored = try await Program.touchmark.run(
        ["restore", file, "--passphrase-file", secret, "--data", server.data, "--root", kept + "/root"]
          + RunningServer.withoutLists)
      try #require(restored.exit == 0, "\(restored.transcript)")
      for name in identity {
        try FileManager.default.copyItem(atPath: "\(kept)/\(name)", toPath: "\(server.data)/\(name)")
      }
      try await server.serve()
      try await add("SECOND-1", at: server.data)
      await server.stop()

      let export = server.folder.path + "/export"
      let exported = try await server.touchmark([
        "audit", "export", "--period", "2020-01-01..2099-12-31", "--to", export,
      ])
      #expect(exported.exit == 0, "\(exported.transcript)")
      let note = try #require(server.folder.text("export/checkpoint.note"))
      #expect(note.split(separator: "\n").first?.hasSuffix("/2") == true, "\(note)")
      let said = try #require(server.folder.text("export/administration.csv"))
      #expect(said.contains("FIRST-1") && said.contains("SECOND-1") && !said.contains("LOST-1"))
      let opened = try #require(said.firstRange(of: "epoch"))
      #expect(said[..<opened.lowerBound].contains("FIRST-1") && said[opened.upperBound...].contains("SECOND-1"))
      let key = server.data + "/audit.pub"
      let whole = try await Program.touchmark.run(["audit", "verify", "--export", export, "--key", key])
      #expect(whole.exit == 0, "\(whole.transcript)")
      // A row of the first epoch that is changed is found under the second one's checkpoint.
      let text = try #require(server.folder.text("export/administration.csv"))
      try server.folder.write("export/administration.csv", text.replacing("FIRST-1", with: "FIRST-2"))
      #expect(try await Program.touchmark.run(["audit", "verify", "--export", export, "--key", key]).exit == 8)
    }
  }
}

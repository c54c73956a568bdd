import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// Authorities that are added under a running server: one on a token, one by a carried request, one under somebody else's
/// root; what watches them, and a backup that brings them back.
@Suite(.serialized) struct AuthoritiesSideBySideTests {
  private func profile(_ name: String, _ authority: String, like original: String, at server: RunningServer)
    async throws
  {
    let text = try await server.touchmark(["profile", "export", original])
    #expect(text.exit == 0, "\(text.transcript)")
    let lines = text.output.split(separator: "\n").map { line in
      line.hasPrefix("name: ")
        ? "name: \(name)" : line.hasPrefix("authority: ") ? "authority: \(authority)" : String(line)
    }
    try server.folder.write("\(name).yaml", lines.joined(separator: "\n") + "\n")
    let applied = try await server.touchmark(["profile", "apply", "\(name).yaml"])
    #expect(applied.exit == 0, "\(applied.transcript)")
  }

  private func enrolled(_ serial: String, _ profile: String, at server: RunningServer) async throws -> ForeignDevice {
    let secret: ForeignDevice.Invited = try await server.json(["device", "add", serial, "--profile", profile])
    let device = try ForeignDevice(serial, at: server)
    try await device.enroll(name: serial, secret: secret.secret)
    return device
  }

  private func authority(_ name: String, _ server: RunningServer) async throws -> AuthorityItem {
    let all: [AuthorityItem] = try await server.json(["authority", "list"])
    return try #require(all.first { $0.name == name && $0.state == "active" })
  }

  private func status(_ device: ForeignDevice, _ issuer: String, at server: RunningServer) async throws -> String {
    try server.folder.write("\(issuer).pem", try await authority(issuer, server).certificate)
    return try await server.openssl([
      "ocsp", "-issuer", "\(issuer).pem", "-cert", device.certificate, "-url", server.http + "/ocsp", "-CAfile",
      "data/root.pem", "-no_nonce",
    ]).transcript
  }

  @Test func onATokenByACarriedRequestAndBackFromABackup() async throws {
    let token = try await SoftToken(label: "Customer")
    try await RunningServer.with { server in
      await server.stop()
      let configuration = try #require(server.folder.text("data/touchmark.yaml"))
      try server.folder.write("data/touchmark.yaml", configuration + "tokens:\n- '\(token.uri)'\n")
      try await server.serve(environment: token.environment)
      let onToken = try await server.touchmark(["authority", "add", "acme-corp", "--keys", "pkcs11:token=Customer"])
      #expect(onToken.exit == 0 && onToken.errors.contains("authority: acme-corp"), "\(onToken.transcript)")
      #expect(try await authority("acme-corp", server).keyHome?.hasPrefix("pkcs11:token=Customer;") == true)

      // The request is carried to the root, and the answer back.
      let asked = try await server.touchmark(["authority", "add", "line-2", "--kind", "idevid", "--request", "ask"])
      #expect(asked.exit == 0, "\(asked.transcript)")
      let shown = try #require(server.folder.text("ask"))
      #expect(shown.contains("act: add-authority\n") && shown.contains("authority: line-2\nkind: idevid\n"))
      let answered = try await server.touchmark(["root", "answer", "ask", "--out", "answer", "--yes"])
      #expect(answered.exit == 0, "\(answered.transcript)")
      let installed = try await server.touchmark(["root", "install", "answer"])
      #expect(installed.exit == 0, "\(installed.transcript)")
      let again = try await server.touchmark(["authority", "add", "line-2", "--request", "ask-2"])
      #expect(again.exit != 0 && again.errors.contains("there is an authority line-2 already"), "\(again.transcript)")

      try await profile("acme", "acme-corp", like: "operational", at: server)
      let devices = [
        "acme-corp": try await enrolled("ACME-1", "acme", at: server),
        "operational": try await enrolled("OWN-1", "operational", at: server),
      ]
      for (name, device) in devices {
        #expect(try await status(device, name, at: server).contains(": good"))
      }
      let revoked = try await server.touchmark(["device", "retire", "ACME-1", "--reason", "sold"])
      #expect(revoked.exit == 0, "\(revoked.transcript)")
      try await watched(server)
      try await Task.sleep(for: .seconds(1))
      #expect(try await status(try #require(devices["acme-corp"]), "acme-corp", at: server).contains(": revoked"))
      #expect(try await status(try #require(devices["operational"]), "operational", at: server).contains(": good"))
    }
  }

  private func watched(_ server: RunningServer) async throws {
    let metrics = try await Program(path: "/usr/bin/curl").run(
      [
        "-sS", "--cacert", server.root, "--cert", server.data + "/admin.pem", "--key", server.data + "/admin.key",
        server.https + "/metrics",
      ], in: server.folder.path)
    let status = try await server.touchmark(["status", "-o", "json"])
    let doctor = try await server.touchmark(["doctor", "-o", "json"])
    for name in ["acme-corp", "line-2"] {
      let id = try await authority(name, server).id
      #expect(metrics.output.contains(id), "\(name) is not in the metrics")
      #expect(status.output.contains(id), "\(status.transcript)")
      let shown = try await server.touchmark(["authority", "show", name])
      #expect(shown.exit == 0 && shown.output.contains(id), "\(shown.transcript)")
    }
    let reach = try await server.touchmark(["report", "reach", "--authority", "acme-corp"])
    #expect(reach.exit == 0 && reach.output.contains("acme"), "\(reach.transcript)")
    #expect(doctor.output.contains("5 lists are current"), "\(doctor.transcript)")
  }

  @Test func aBackupBringsThemBack() async throws {
    let pki = try await ForeignPKI()
    defer { pki.folder.remove() }
    try await RunningServer.with { server in
      let added = try await server.touchmark(["authority", "add", "acme-corp"])
      #expect(added.exit == 0, "\(added.transcript)")
      let asked = try await server.touchmark(["authority", "add", "beta-corp", "--external", "--request", "beta.csr"])
      #expect(asked.exit == 0, "\(asked.transcript)")
      let csr = try #require(server.folder.text("beta.csr"))
      try server.folder.write("beta-ca.pem", try await pki.certify(csr, by: "middle"))
      try server.folder.write("chain.pem", try pki.chain(isTwoLevel: true))
      let installed = try await server.touchmark([
        "authority", "install", "beta-corp", "--cert", "beta-ca.pem", "--chain", "chain.pem",
      ])
      #expect(installed.exit == 0, "\(installed.transcript)")
      for (name, authority) in [("acme", "acme-corp"), ("beta", "beta-corp")] {
        try await profile(name, authority, like: "operational", at: server)
      }
      let devices = [
        try await enrolled("ACME-1", "acme", at: server), try await enrolled("BETA-1", "beta", at: server),
      ]
      try server.folder.write("phrase", "a passphrase for backups\n")
      let backup = try await server.touchmark(["backup", "--to", "backup", "--passphrase-file", "phrase"])
      #expect(backup.exit == 0, "\(backup.transcript)")
      await server.stop()
      let gone = server.data + ".gone"
      try FileManager.default.moveItem(atPath: server.data, toPath: gone)
      let restored = try await Program.touchmark.run(
        [
          "restore", "backup", "--data", server.data, "--passphrase-file", "phrase", "--root", gone + "/root",
          "--without-crl", "acme-corp", "--without-crl", "beta-corp",
        ] + RunningServer.withoutLists, in: server.folder.path)
      #expect(restored.exit == 0, "\(restored.transcript)")
      for name in ["admin.pem", "admin.key"] {
        try FileManager.default.copyItem(atPath: gone + "/" + name, toPath: server.data + "/" + name)
      }
      try await server.serve()
      for device in devices { try await device.renew() }
      for (device, authority) in zip(devices, ["acme-corp", "beta-corp"]) {
        try server.folder.write("issuer.pem", try await self.authority(authority, server).certificate)
        let issued = try await server.openssl([
          "verify", "-partial_chain", "-trusted", "issuer.pem", device.certificate,
        ])
        #expect(issued.exit == 0, "\(issued.transcript)")
      }
    }
  }
}

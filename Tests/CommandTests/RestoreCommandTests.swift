import AdministrationAPI
import Foundation
import TestKit
import Testing

/// The day after a restore, through the real program: what an operator does, and what devices and others see.
@Suite(.serialized) struct RestoreCommandTests {
  @Test func theRootIsElsewhereAndTheFleetGoesOn() async throws {
    try await RunningServer.with { server in
      try server.folder.write("phrase", "a passphrase for the root's file\n")
      let exporting = ["TOUCHMARK_EXPORT_PASSPHRASE_FILE": server.folder.path + "/phrase"]
      let export = ["root", "export", "--to", "r1.keys", "--remove", "--data", server.data]
      #expect(try await Program.touchmark.run(export, environment: exporting, in: server.folder.path).exit == 0)
      let grant: IssuedGrant = try await server.json([
        "grant", "add", "--profile", "operational", "--uses", "3", "--expires-in", "1h",
      ])
      let known = try ForeignDevice("KNOWN-1", at: server)
      try await known.enroll(name: grant.name, secret: grant.secret)
      try await server.backUp()
      let lost = try ForeignDevice("LOST-1", at: server)
      try await lost.enroll(name: grant.name, secret: grant.secret)
      try await server.takeIssuer()
      try await server.takeLists()

      await server.stop()
      let gone = server.data + ".gone"
      try FileManager.default.moveItem(atPath: server.data, toPath: gone)
      let restore = server.restoring + ["--crl", "lists", "--request", "ask"]
      let asked = try await Program.touchmark.run(restore, in: server.folder.path)
      #expect(asked.exit == 0 && asked.errors.contains("nothing is restored yet"), "\(asked.transcript)")
      #expect(!FileManager.default.fileExists(atPath: server.data))
      let key = try #require(server.folder.text("data.gone/requests.pub")).trimmingCharacters(in: .newlines)
      let signed = try await Program.touchmark.run(
        ["root", "answer", "ask", "--root", "r1.keys", "--out", "answer", "--yes", "--request-key", key],
        environment: exporting, in: server.folder.path)
      #expect(signed.exit == 0 && signed.errors.contains("epoch"), "\(signed.transcript)")
      #expect(signed.errors.contains("address: \(server.http)"), "\(signed.transcript)")
      #expect(signed.errors.contains("touchmark restore, with --request ask --answer answer"), "\(signed.transcript)")
      let restored = try await Program.touchmark.run(restore + ["--answer", "answer"], in: server.folder.path)
      #expect(restored.exit == 0, "\(restored.transcript)")
      try server.bringAdministrator(from: gone)
      try await server.serve()

      #expect(try await server.status(of: known).contains("KNOWN-1.pem: good"))
      // It verifies, and the store does not know it: that is not revoked.
      let unknown = try await server.status(of: lost)
      #expect(unknown.contains("LOST-1.pem: unknown") && !unknown.contains("revoked"))
      try await lost.renew()
      #expect(try await server.status(of: lost, "LOST-1-first.pem").contains("LOST-1-first.pem: good"))
      try await reopen(grant, server)
    }
  }

  private func reopen(_ grant: IssuedGrant, _ server: RunningServer) async throws {
    let next = try ForeignDevice("NEXT-1", at: server)
    await #expect(throws: ForeignDevice.Failure.self) { try await next.enroll(name: grant.name, secret: grant.secret) }
    let unsaid = try await server.touchmark(["grant", "reopen", grant.name])
    #expect(unsaid.exit != 0 && unsaid.errors.contains("--lost"), "\(unsaid.transcript)")
    let opened: GrantItem = try await server.json(["grant", "reopen", grant.name, "--lost", "1"])
    #expect(opened.left == 1)
    let twice = try await server.touchmark(["grant", "reopen", grant.name, "--lost", "1"])
    #expect(twice.exit == 6, "\(twice.transcript)")
    try await next.enroll(name: grant.name, secret: grant.secret)
    let over = try ForeignDevice("OVER-1", at: server)
    await #expect(throws: ForeignDevice.Failure.self) { try await over.enroll(name: grant.name, secret: grant.secret) }
  }

  @Test func keysUnderPassphrasesAreBackedUpAsTheyAreAndOpenOnlyWithThem() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for name in ["online", "root", "successor"] { try folder.write(name, "the passphrase of \(name)\n") }
    let online = ["TOUCHMARK_PASSPHRASE_FILE": folder.path + "/online"]
    let all = online.merging([
      "TOUCHMARK_ROOT_PASSPHRASE_FILE": folder.path + "/root",
      "TOUCHMARK_SUCCESSOR_PASSPHRASE_FILE": folder.path + "/successor",
    ]) { first, _ in first }
    let server = try await RunningServer.start(environment: all)
    do {
      let device = try await ForeignDevice.enrolled("PUMP-1", at: server)
      // While it serves, and nobody is asked for the passphrase of its keys.
      let written = try await server.backUp()
      #expect(written.errors.contains("inside, under its own passphrase: root"), "\(written.transcript)")
      await server.stop()
      let gone = server.data + ".gone"
      try FileManager.default.moveItem(atPath: server.data, toPath: gone)
      let restore = server.restoring + RunningServer.withoutLists
      let rootless = try await Program.touchmark.run(restore, environment: online)
      #expect(rootless.exit == 1 && !FileManager.default.fileExists(atPath: server.data), "\(rootless.transcript)")
      let restored = try await Program.touchmark.run(restore, environment: all)
      #expect(restored.exit == 0, "\(restored.transcript)")
      #expect(!FileManager.default.fileExists(atPath: server.data + "/machine-secret"))
      let closed = try await Program.touchmark.run(["serve", "--data", server.data])
      #expect(closed.exit != 0, "\(closed.transcript)")
      try server.bringAdministrator(from: gone)
      try await server.serve(environment: online)
      try await device.renew()
    } catch {
      await server.end()
      throw error
    }
    await server.end()
  }
}

extension RunningServer {
  /// The operational authority's certificate, as `issuer.pem`.
  nonisolated fileprivate func takeIssuer() async throws {
    let authorities: [AuthorityItem] = try await json(["authority", "list"])
    let operational = try #require(authorities.first { $0.purpose == "operational" })
    try folder.write("issuer.pem", operational.certificate)
  }

  /// What openssl believes of the OCSP answer.
  nonisolated fileprivate func status(of device: ForeignDevice, _ certificate: String? = nil) async throws -> String {
    let asked = try await openssl([
      "ocsp", "-issuer", "issuer.pem", "-cert", certificate ?? device.certificate, "-url", http + "/ocsp", "-CAfile",
      "data/root.pem", "-no_nonce",
    ])
    #expect(asked.errors.contains("Response verify OK"), "\(asked.transcript)")
    return asked.output
  }
}

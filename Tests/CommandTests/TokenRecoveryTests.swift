import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Authorities on tokens when an installation is restored, and a root on one when another follows it.
@Suite(.serialized) struct TokenRecoveryTests {
  private func ended(_ server: RunningServer, _ body: () async throws -> Void) async throws {
    do {
      try await body()
      await server.end()
    } catch {
      await server.end()
      throw error
    }
  }

  private func restored(_ server: RunningServer, _ environment: [String: String]) async throws {
    try server.folder.write("phrase", "a passphrase for backups\n")
    let phrase = ["--passphrase-file", server.folder.path + "/phrase"]
    let backup = server.folder.path + "/backup"
    let written = try await server.touchmark(["backup", "--to", backup] + phrase)
    #expect(written.exit == 0 && written.errors.contains("not inside, since they never leave it"))
    await server.stop()
    let gone = server.data + ".gone"
    try FileManager.default.moveItem(atPath: server.data, toPath: gone)
    let done = try await Program.touchmark.run(
      ["restore", backup, "--data", server.data, "--root", gone + "/root"] + phrase + RunningServer.withoutLists,
      environment: environment)
    #expect(done.exit == 0 && done.errors.contains("authority recover"), "\(done.transcript)")
    for name in ["admin.pem", "admin.key", "root", "root-machine-secret"] {
      try FileManager.default.copyItem(atPath: gone + "/" + name, toPath: server.data + "/" + name)
    }
  }

  @Test func aRestoreWithTheTokenAndWithoutIt() async throws {
    let token = try await SoftToken()
    let server = try await RunningServer.start(["--keys", token.uri], environment: token.environment)
    try await ended(server) {
      let device = try await ForeignDevice.enrolled("PUMP-1", at: server)
      try await restored(server, token.environment)
      // The same token, on whatever machine: everything goes on.
      try await server.serve(environment: token.environment)
      try await device.renew()
      await server.stop()

      // A machine without it: the server says what it waits for and what to do, and the root gives out new certificates.
      try token.carry(away: true)
      try await waits(server, token)
      for purpose in ["idevid", "operational", "installation"] {
        let new = try await Program.touchmark.run(
          ["authority", "recover", purpose, "--data", server.data], environment: token.environment)
        #expect(new.exit == 0 && new.output.hasPrefix("\(purpose)-"), "\(new.transcript)")
      }
      let yaml = try #require(server.folder.text("data/touchmark.yaml"))
      let lines = yaml.split(separator: "\n").filter { !$0.hasPrefix("tokens:") && !$0.contains("pkcs11:") }
      try server.folder.write("data/touchmark.yaml", lines.joined(separator: "\n") + "\n")
      try await server.serve()
      // Known by its record: its certificate is of the lost key, and it renews.
      try await device.renew()
      _ = try await ForeignDevice.enrolled("PUMP-2", at: server)
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      #expect(all.filter { $0.state == "active" }.allSatisfy { $0.keyHome == "sealed" })
      let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
      #expect(log.output.contains("\"old_key\":\"lost\""), "\(log.output.suffix(800))")
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
      let late = try await Program.touchmark.run(["authority", "recover", "operational", "--data", server.data])
      #expect(late.exit == 6 && late.errors.contains("serves"), "\(late.transcript)")
    }
  }

  /// It neither ends nor serves.
  private func waits(_ server: RunningServer, _ token: SoftToken) async throws {
    let said = server.folder.path + "/waiting.log"
    let child = try Child(
      Program.touchmark.path, ["serve", "--data", server.data], environment: Program.environment(token.environment),
      streams: .init(output: said, errors: said))
    var text = ""
    for _ in 0..<1200 where !text.contains("authority recover") {
      try await Task.sleep(for: .milliseconds(50))
      text = server.folder.text("waiting.log") ?? ""
    }
    #expect(text.contains("waiting for a token") && text.contains("authority recover"), "\(text)")
    #expect(child.isRunning)
    child.signal(SIGKILL)
    _ = try? await child.ended(seconds: 30)
  }

  @Test func aRootOnATokenIsFollowedByAnother() async throws {
    let token = try await SoftToken()
    let rootURI = try await token.add("Root")
    let server = try await RunningServer.start(
      ["--keys", token.uri, "--root-keys", rootURI], environment: token.environment)
    try await ended(server) {
      try FileManager.default.copyItem(atPath: server.root, toPath: server.folder.path + "/r1.pem")
      let away = try await ForeignDevice.enrolled("AWAY-1", at: server)
      try server.folder.write("next", "the passphrase of the next root\n")
      let environment = token.environment.merging([
        "TOUCHMARK_NEW_SUCCESSOR_PASSPHRASE_FILE": server.folder.path + "/next"
      ]) { $1 }
      func run(_ line: [String]) async throws -> Program.Outcome {
        try await Program.touchmark.run(line + ["--data", server.data], environment: environment)
      }
      // What the root on the token has to sign needs it named; the succession does not, since the road to the root that
      // waits was made when that was: it works when the token is lost, too.
      let unnamed = try await run(["authority", "crl", "root"])
      #expect(unnamed.exit == 1 && unnamed.errors.contains("--root"), "\(unnamed.transcript)")
      let list = try await run(["authority", "crl", "root", "--root", rootURI])
      #expect(list.exit == 0, "\(list.transcript)")
      let done = try await run(["root", "succeed"])
      #expect(done.exit == 0, "\(done.transcript)")
      // Whoever holds the root that is on the token alone, and whoever holds the new one, both go on.
      try await away.renew(root: "r1.pem")
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      let root = try #require(all.first { $0.purpose == "root" && $0.state == "active" })
      #expect(root.keyHome == "sealed")
      try server.folder.write("r2.pem", root.certificate)
      try await away.renew(root: "r2.pem")
      // The old root's token is not needed any more.
      let renewed = try await run(["authority", "renew", "operational"])
      #expect(renewed.exit == 0, "\(renewed.transcript)")
      try await away.renew(root: "r2.pem")
    }
  }
}

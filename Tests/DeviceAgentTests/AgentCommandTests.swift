import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// The agent's program against the real server.
@Suite(.serialized) struct AgentCommandTests {
  private struct Invited: Decodable {
    let secret: String
    let url: String
    let rootSHA256: String

    enum CodingKeys: String, CodingKey {
      case secret, url
      case rootSHA256 = "root_sha256"
    }
  }

  private struct Status: Decodable {
    struct Key: Decodable {
      let home: String
      let standing: String
    }
    let state: String
    let serial: String
    let key: Key?
    let serialNumber: String?
    let chain: [String]?

    enum CodingKeys: String, CodingKey {
      case state, serial, key, chain
      case serialNumber = "serial_number"
    }
  }

  private static let agent = Program(
    path: URL(fileURLWithPath: Program.touchmark.path).deletingLastPathComponent().path + "/touchmark-agent")

  private func agent(_ arguments: [String], at server: RunningServer, _ data: String) async throws -> Program.Outcome {
    try await Self.agent.run(arguments + ["--data", server.folder.path + "/" + data], in: server.folder.path)
  }

  private func invite(_ serial: String, at server: RunningServer) async throws -> (url: String, secret: String) {
    let invited: Invited = try await server.json(["device", "add", serial, "--profile", "operational"])
    try server.folder.write("secret-\(serial)", invited.secret + "\n")
    let host = invited.url.dropFirst("https://".count)
    return ("https://\(serial)@\(host)#sha256:\(invited.rootSHA256)", "secret-\(serial)")
  }

  private func status(_ data: String, at server: RunningServer) async throws -> Status {
    let outcome = try await agent(["status", "-o", "json"], at: server, data)
    return try JSONDecoder().decode(Status.self, from: Data(outcome.output.utf8))
  }

  @Test func aDeviceEnrollsRenewsAndKnowsItsPeers() async throws {
    try await RunningServer.with { server in
      try await enroll(at: server)
      try await renew(at: server)
      try await meet(at: server)
      try await refuse(at: server)
    }
  }

  /// The address is the one that `device add` prints, and the command goes on wherever it was.
  private func enroll(at server: RunningServer) async throws {
    let added = try await server.touchmark(["device", "add", "PUMP-7", "--profile", "operational"])
    let line = try #require(added.output.split(separator: "\n").first { $0.hasPrefix("touchmark-agent enroll ") })
    let secret = try #require(added.output.split(separator: "\n").first { $0.contains("  secret ") })
    try server.folder.write("secret", String(try #require(secret.split(separator: " ").last)))
    let url = try #require(line.split(separator: "'").dropFirst().first.map(String.init))
    for _ in 0..<2 {
      let enrolled = try await agent(["enroll", url, "--secret-file", "secret"], at: server, "pump")
      #expect(enrolled.exit == 0, "\(enrolled.transcript)")
      #expect(enrolled.output.hasPrefix("PUMP-7 "))
    }
    let status = try await status("pump", at: server)
    #expect(status.state == "valid" && status.serial == "PUMP-7")
    #expect(status.key?.home == "file" && status.key?.standing == "software" && status.chain?.count == 1)
    let shown: DeviceDetail = try await server.json(["device", "show", "PUMP-7"])
    #expect(shown.certificates.map(\.serialNumber) == [status.serialNumber])
    // The pair fits and the secret is gone; nobody else reads the key.
    let folder = server.folder.path + "/pump"
    let key = try FileManager.default.attributesOfItem(atPath: folder + "/current/key.pem")
    #expect(key[.posixPermissions] as? Int == 0o600)
    #expect(!FileManager.default.fileExists(atPath: folder + "/secret"))
    #expect(!FileManager.default.fileExists(atPath: folder + "/pending.pem"))
  }

  private func renew(at server: RunningServer) async throws {
    let idle = try await agent(["renew", "--on-renew", "echo $TOUCHMARK_SERIAL >> told"], at: server, "pump")
    #expect(idle.exit == 0 && idle.output.hasPrefix("nothing is due before "), "\(idle.transcript)")
    let before = try await status("pump", at: server)
    let renewed = try await agent(
      ["renew", "--now", "--on-renew", "echo $TOUCHMARK_SERIAL >> told"], at: server, "pump")
    #expect(renewed.exit == 0, "\(renewed.transcript)")
    let after = try await status("pump", at: server)
    #expect(after.state == "valid" && after.serialNumber != before.serialNumber)
    // Once for the first certificate, which no hook knew of, and once for the second.
    #expect(server.folder.text("told") == "PUMP-7\nPUMP-7\n")
    #expect(server.folder.text("pump/previous/cert.pem") != server.folder.text("pump/current/cert.pem"))
  }

  private func meet(at server: RunningServer) async throws {
    let (url, secret) = try await invite("VALVE-1", at: server)
    #expect(try await agent(["enroll", url, "--secret-file", secret], at: server, "valve").exit == 0)
    let verify = ["peer", "verify", "valve/current/fullchain.pem", "--max-age", "1h"]
    let blind = try await agent(verify, at: server, "pump")
    #expect(blind.exit == 1 && blind.errors.contains("nothing that is stored here"), "\(blind.transcript)")
    let lists = ["crl", "--out", "lists.pem", "--once"]
    #expect(try await agent(lists, at: server, "pump").exit == 0)
    #expect(server.folder.text("lists.pem")?.components(separatedBy: "BEGIN X509 CRL").count == 3)
    let good = try await agent(verify + ["--name", "VALVE-1"], at: server, "pump")
    #expect(good.exit == 0 && good.output.hasPrefix("VALVE-1\n"), "\(good.transcript)")

    _ = try await server.touchmark(["device", "suspend", "VALVE-1", "--reason", "stolen"])
    var held = good
    // The list follows the store within seconds.
    for _ in 0..<100 where held.exit == 0 {
      _ = try await agent(lists, at: server, "pump")
      held = try await agent(verify, at: server, "pump")
      if held.exit == 0 { try await Task.sleep(for: .milliseconds(100)) }
    }
    #expect(held.exit == 1 && held.errors.contains("suspended since"), "\(held.transcript)")
    let refused = try await agent(["renew", "--now"], at: server, "valve")
    #expect(refused.exit == 1 && refused.errors.contains("the server refuses the renewal (status 403)"))
    #expect(try await status("valve", at: server).state == "renewing")
  }

  private func refuse(at server: RunningServer) async throws {
    let (url, secret) = try await invite("STRAY-1", at: server)
    let other = url.prefix(url.count - 2) + (url.hasSuffix("00") ? "11" : "00")
    let strange = try await agent(["enroll", String(other), "--secret-file", secret], at: server, "stray")
    #expect(strange.exit == 3 && strange.errors.contains("does not have the root"), "\(strange.transcript)")
    let unpinned = String(url.prefix { $0 != "#" })
    #expect(try await agent(["enroll", unpinned, "--secret-file", secret], at: server, "stray").exit == 2)
    #expect(try await agent(["enroll", "nonsense", "--secret-file", secret], at: server, "stray").exit == 2)
    #expect(try await agent(["status"], at: server, "nowhere").exit == 5)
    try server.folder.write("wrong", "not-the-secret")
    let wrong = try await agent(["enroll", url, "--secret-file", "wrong"], at: server, "stray")
    #expect(wrong.exit == 1 && wrong.errors.contains("status 401"), "\(wrong.transcript)")
    #expect(!wrong.errors.contains("not-the-secret"))
    // The right one goes on where the wrong one ended.
    #expect(try await agent(["enroll", url, "--secret-file", secret], at: server, "stray").exit == 0)
    await server.stop()
    let silent = try await agent(["renew", "--now"], at: server, "pump")
    #expect(silent.exit == 3 && silent.errors.contains("no server answers"), "\(silent.transcript)")
    // It did not come so far as to make a key, and what it has is good.
    #expect(try await agent(["renew"], at: server, "pump").exit == 0)
    #expect(try await status("pump", at: server).state == "valid")
  }
}

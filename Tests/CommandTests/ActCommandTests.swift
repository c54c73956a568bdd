import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Acts on many through the real program: cut by a power failure, told to verifiers, and with secrets for each.
@Suite(.serialized) struct ActCommandTests {
  private func register(_ count: Int, at server: RunningServer) async throws {
    let file = server.folder.path + "/devices.csv"
    let lines = (0..<count).map { "P-\(10_000 + $0),operational,\($0 % 2 == 0 ? "pump" : "valve"),L\($0 % 3)" }
    try (["serial,profile,product,lot"] + lines).joined(separator: "\n")
      .write(toFile: file, atomically: true, encoding: .utf8)
    let imported = try await server.touchmark(["device", "import", file])
    #expect(imported.transcript == "\(count) added, 0 unchanged, 0 refused\n[0]\n")
  }

  /// The interface itself, which is asked faster than a command starts.
  private func act(_ id: String, at server: RunningServer) async throws -> BulkActItem? {
    let answer = try await Program(path: "/usr/bin/curl").run(
      [
        "-sf", "--cacert", "data/root.pem", "--cert", "data/admin.pem", "--key", "data/admin.key",
        "\(server.https)/api/v1/acts/\(id)",
      ], in: server.folder.path)
    return try? JSONDecoder().decode(BulkActItem.self, from: Data(answer.output.utf8))
  }

  private func start(_ body: String, at server: RunningServer) async throws -> BulkActItem {
    let answer = try await Program(path: "/usr/bin/curl").run(
      [
        "-sf", "--cacert", "data/root.pem", "--cert", "data/admin.pem", "--key", "data/admin.key", "-H",
        "Content-Type: application/json", "-d", body, "\(server.https)/api/v1/acts",
      ], in: server.folder.path)
    return try JSONDecoder().decode(BulkActItem.self, from: Data(answer.output.utf8))
  }

  @Test func anActOnThousandsGoesOnAfterAPowerCut() async throws {
    try await RunningServer.with { server in
      let count = 4000
      try await register(count, at: server)
      let started = try await start(
        #"{"act":"device.label","where":"serial~P-","labels":{"site":"Graz"},"start":true}"#, at: server)
      var seen = started
      while seen.processed == 0, seen.state == "running" {
        seen = try await act(started.id, at: server) ?? seen
      }
      await server.kill()
      #expect(seen.processed > 0 && seen.processed < count && seen.processed % 250 == 0, "\(seen)")

      try await server.serve()
      let done: BulkActItem = try await server.json(["device", "label", "--resume", started.id])
      #expect((done.state, done.done, done.refused, done.members) == ("done", count, 0, count))
      // Nothing twice and nobody left out: each device has the label, and the act one entry.
      let left: [DeviceItem] = try await server.json(["device", "list", "--where", "label.site!=Graz"])
      #expect(left.isEmpty)
      let entries: [AuditItem] = try await server.json(["audit", "list", "--where", "act=device.label"])
      #expect(entries.count == 1 && entries.first?.details["members"] == "\(count)")
      let ofOne: [AuditItem] = try await server.json(["audit", "list", "--where", "device=P-10007"])
      #expect(ofOne.map(\.act) == ["device.add", "device.label"])
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    }
  }

  @Test func verifiersAreToldAtOnceAndByOneList() async throws {
    try await RunningServer.with { server in
      var devices: [ForeignDevice] = []
      for number in 1...3 { devices.append(try await ForeignDevice.enrolled("V-\(number)", at: server)) }
      let authorities: [AuthorityItem] = try await server.json(["authority", "list"])
      let issuer = try #require(authorities.first { $0.purpose == "operational" })
      try issuer.certificate.write(toFile: server.folder.path + "/issuer.pem", atomically: true, encoding: .utf8)
      #expect(try await ocsp(devices[0], at: server) == "good")
      let before = try await number(of: issuer.id, at: server)
      let act: BulkActItem = try await server.json(["device", "suspend", "--where", "serial~V-", "--yes"])
      #expect(act.done == 3)
      let began = ContinuousClock.now
      for device in devices {
        while try await ocsp(device, at: server) == "good", began.duration(to: .now) < .seconds(30) {}
      }
      // One second is promised; ten times that is for a busy machine, and for openssl, which is started to ask.
      print("OCSP showed a suspension of many after \(began.duration(to: .now))")
      #expect(began.duration(to: .now) < .seconds(10))
      while try await number(of: issuer.id, at: server) == before, began.duration(to: .now) < .seconds(60) {
        try await Task.sleep(for: .milliseconds(50))
      }
      try await Task.sleep(for: .seconds(1))
      #expect(try await number(of: issuer.id, at: server) == before + 1)
      try await revoke(devices, at: server)
    }
  }

  private func revoke(_ devices: [ForeignDevice], at server: RunningServer) async throws {
    let act: BulkActItem = try await server.json([
      "certificate", "revoke", "--where", "serial~V-", "--reason", "keyCompromise", "--yes",
    ])
    let began = ContinuousClock.now
    #expect(act.done == 3)
    for device in devices {
      while try await !answer(device, at: server).contains("Reason: keyCompromise"),
        began.duration(to: .now) < .seconds(30)
      {}
    }
    print("OCSP showed a revocation of many after \(began.duration(to: .now))")
    #expect(began.duration(to: .now) < .seconds(10))
  }

  private func ocsp(_ device: ForeignDevice, at server: RunningServer) async throws -> String {
    let answer = try await answer(device, at: server)
    let line = answer.split(separator: "\n").first { $0.hasPrefix(device.certificate) }
    return line?.split(separator: " ").last.map(String.init) ?? answer
  }

  private func answer(_ device: ForeignDevice, at server: RunningServer) async throws -> String {
    try await Program(path: "/usr/bin/openssl").run(
      [
        "ocsp", "-issuer", "issuer.pem", "-cert", device.certificate, "-url", server.http + "/ocsp", "-CAfile",
        "data/root.pem", "-verify_other", "issuer.pem", "-no_nonce",
      ], in: server.folder.path
    ).transcript
  }

  private func number(of authority: String, at server: RunningServer) async throws -> Int {
    let status: FleetStatus = try await server.json(["status"])
    return status.authorities.first { $0.id == authority }?.crlNumber.map { Int($0) } ?? 0
  }

  @Test func secretsOfManyGoToAFile() async throws {
    try await RunningServer.with { server in
      try await register(1200, at: server)
      #expect(try await server.touchmark(["device", "suspend", "P-10000"]).exit == 0)
      let invite = [
        "device", "invite", "--where", "product=pump", "--expires-in", "2h", "--yes", "--out", "secrets.csv",
      ]
      let act: BulkActItem = try await server.json(invite)
      #expect((act.state, act.done, act.refused) == ("done", 599, 1))
      let path = server.folder.path + "/secrets.csv"
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      var lines = try #require(server.folder.text("secrets.csv")).split(separator: "\r\n").map(String.init)
      #expect(lines.count == 601 && lines[0].hasPrefix("position,serial,manufacturer,profile,secret,expires"))
      #expect(lines[1].hasPrefix("1,,") && lines[1].hasSuffix("no secret is made for it"))
      // A file that was cut short goes on behind its last whole line; the same file again changes nothing.
      let cut = lines.prefix(400).joined(separator: "\r\n") + "\r\n" + lines[400].prefix(20)
      try cut.write(toFile: path, atomically: true, encoding: .utf8)
      let resumed = ["device", "invite", "--resume", act.id, "--out", "secrets.csv"]
      let again: BulkActItem = try await server.json(resumed)
      #expect((again.done, again.refused) == (599, 1))
      let old = lines
      lines = try #require(server.folder.text("secrets.csv")).split(separator: "\r\n").map(String.init)
      #expect(lines.count == 601 && Array(lines.prefix(400)) == Array(old.prefix(400)) && lines[600] != old[600])
      let secret = String(lines[600].split(separator: ",", omittingEmptySubsequences: false)[4])
      let serial = String(lines[600].split(separator: ",", omittingEmptySubsequences: false)[1])
      try await ForeignDevice(serial, at: server).enroll(name: serial, secret: secret)
      #expect(try await server.touchmark(invite).exit == 6, "the file is there already")
      #expect(try await server.touchmark(["device", "invite", "--where", "product=pump", "--yes"]).exit == 2)

      let wanted = ["--profile", "operational", "--uses", "3", "--expires-in", "1d"]
      for lot in ["7", "7", "8"] {
        #expect(try await server.touchmark(["grant", "add", "--lot", lot] + wanted).exit == 0)
      }
      let revoked = try await server.touchmark(["grant", "revoke", "--where", "lot=7", "--yes", "--reason", "moved"])
      #expect(revoked.output.hasPrefix("grant.revoke: 2 done, 0 refused, 2 selected"), "\(revoked.transcript)")
      let open: [GrantItem] = try await server.json(["grant", "list", "--where", "revoked=never"])
      #expect(open.map(\.lot) == ["8"])
      let readmit = ["device", "readmit", "--where", "product=pump", "--for", "48h", "--yes"]
      let readmitted: BulkActItem = try await server.json(readmit)
      #expect((readmitted.done, readmitted.refused) == (1, 599))
      let entries: [AuditItem] = try await server.json([
        "audit", "list", "--where", "act=device.readmit or act=grant.revoke",
      ])
      #expect(entries.map(\.act) == ["grant.revoke", "device.readmit"])
      let wrong = try await server.touchmark(["audit", "list", "--where", "product=pump"])
      #expect(wrong.exit == 2 && wrong.errors.contains("expected a field of entries (at, actor, door"))
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// Requests that wait, registration authorities and secrets for MACs, through the program itself.
@Suite(.serialized) struct RequestCommandTests {
  private static let profile = """
    name: waiting
    authority: operational
    subject:
      - commonName: "{serial}"
    keys: [P-256]
    validity: 7d
    key-usage: [digitalSignature]
    extended-key-usage: [clientAuth]
    ask: [secret, grant]
    protocols: [est, rest, command]
    approval: required

    """

  /// What `device add -o json` says of a secret.
  private struct Summary: Decodable { let secret: String }

  private func curl(_ server: RunningServer, _ arguments: [String]) async throws -> String {
    try await Program(path: "/usr/bin/env").run(["curl", "-sS", "--cacert", server.root] + arguments).output
  }

  /// A device asks at EST with its secret; status and body.
  private func ask(
    _ server: RunningServer, _ serial: String, _ secret: String, _ request: [UInt8]
  ) async throws -> (status: Int, body: String) {
    let done = try await curl(
      server,
      [
        "-u", "\(serial):\(secret)", "-H", "Content-Type: application/pkcs10", "--data-binary",
        Base64.encode(request), "-w", "\n%{http_code}", server.https + "/.well-known/est/simpleenroll",
      ])
    let lines = done.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
  }

  @Test func aRequestWaitsIsShownApprovedAndDenied() async throws {
    try await RunningServer.with { server in
      let file = server.folder.path + "/waiting.yaml"
      try Self.profile.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try await server.touchmark(["profile", "apply", file]).exit == 0)
      for (serial, verb, status) in [("PUMP-1", "approve", 200), ("PUMP-2", "deny", 403)] {
        let invited: Summary = try await server.json(["device", "add", serial, "--profile", "waiting", "--mac"])
        let secret = invited.secret
        let request = try await TestDevice(serial).request().encoded
        #expect(try await ask(server, serial, secret, request).status == 202)
        let waiting: [PendingRequestItem] = try await server.json(
          ["request", "list", "--where", "serial=\(serial) and state=pending"])
        let id = try #require(waiting.first?.id)
        #expect(waiting.count == 1)
        let shown: PendingRequestItem = try await server.json(["request", "show", id])
        #expect(shown.request == PEM(label: "CERTIFICATE REQUEST", bytes: request).text)
        let text = try await server.touchmark(["request", "show", id])
        #expect(text.exit == 0 && text.output.contains("request SHA-256"), "\(text.transcript)")
        let decided: PendingRequestItem = try await server.json(["request", verb, id, "--reason", "seen"])
        #expect(decided.reason == "seen" && decided.decidedBy?.hasPrefix("administrator:") == true)
        let answer = try await ask(server, serial, secret, request)
        #expect(answer.status == status)
        #expect(status == 200 || answer.body.contains("seen"))
        let twice = try await server.touchmark(["request", verb, id])
        #expect(twice.exit == 6, "\(twice.transcript)")
      }
      #expect(try await server.touchmark(["request", "show", "request-none"]).exit == 5)
    }
  }

  @Test func manyRequestsAreApprovedAndDeniedAtOnce() async throws {
    try await RunningServer.with { server in
      let file = server.folder.path + "/waiting.yaml"
      try Self.profile.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try await server.touchmark(["profile", "apply", file]).exit == 0)
      var asked: [(serial: String, secret: String, request: [UInt8])] = []
      for serial in ["PUMP-1", "PUMP-2", "PUMP-3", "VALVE-1"] {
        let invited: Summary = try await server.json(["device", "add", serial, "--profile", "waiting"])
        asked.append((serial, invited.secret, try await TestDevice(serial).request().encoded))
        #expect(try await ask(server, serial, invited.secret, asked[asked.count - 1].request).status == 202)
      }
      let question = try await server.touchmark(["request", "approve", "--where", "serial~PUMP"])
      #expect(
        question.transcript == """
          touchmark: serial~PUMP selects 3 requests
          touchmark: nothing was done: no terminal is there to ask on
          hint: add --yes to approve 3 requests
          [1]

          """)
      let approve = ["request", "approve", "--where", "serial~PUMP", "--yes", "--reason", "the pallet of May"]
      let approved: BulkActItem = try await server.json(approve)
      #expect((approved.state, approved.done, approved.refused) == ("done", 3, 0))
      // Decided ones wait no more: the whole profile selects the one that is left.
      let denied: BulkActItem = try await server.json(["request", "deny", "--where", "profile=waiting", "--yes"])
      #expect((denied.members, denied.done) == (1, 1))
      for (serial, secret, request) in asked {
        let answer = try await ask(server, serial, secret, request)
        #expect(answer.status == (serial.hasPrefix("PUMP") ? 200 : 403), "\(serial): \(answer)")
      }
      let entries: [AuditItem] = try await server.json([
        "audit", "list", "--where", "act=request.approve or act=request.deny",
      ])
      #expect(entries.map(\.act) == ["request.approve", "request.deny"])
      #expect(entries.map { $0.details["members"] } == ["3", "1"])
      #expect(entries.first?.reason == "the pallet of May")
      #expect(try await server.touchmark(["request", "approve"]).exit == 2)
    }
  }

  @Test func aRegistrationAuthorityIsAppointedWithItsBounds() async throws {
    try await RunningServer.with { server in
      let out = server.folder.path + "/gateway"
      let add = ["admin", "add", "gateway-7", "--role", "registration-authority"]
      #expect(try await server.touchmark(add + ["--out", out]).exit == 2)
      #expect(
        try await server.touchmark(["admin", "add", "x", "--role", "operator", "--lot", "L1", "--out", out]).exit == 2)
      let added = try await server.touchmark(
        add + ["--profile", "operational", "--lot", "L1", "--uses", "2", "--out", out])
      #expect(added.exit == 0, "\(added.transcript)")
      let listed: [AdministratorItem] = try await server.json(["admin", "list"])
      let item = try #require(listed.first { $0.name == "gateway-7" })
      #expect(item.lot == "L1" && item.uses == 2 && item.issued == 0 && item.profiles == ["operational"])
      // Its certificate opens nothing of the administration interface.
      #expect(try await server.touchmark(["device", "list", "--identity", out + ".pem"]).exit != 0)
      let request = try await TestDevice("PUMP-9").request().encoded
      let status = try await curl(
        server,
        [
          "--cert", out + ".pem", "--key", out + ".key", "-H", "Content-Type: application/pkcs10",
          "--data-binary", Base64.encode(request), "-o", "/dev/null", "-w", "%{http_code}",
          server.https + "/.well-known/est/simpleenroll",
        ])
      #expect(status == "200")
      let device: DeviceDetail = try await server.json(["device", "show", "PUMP-9"])
      #expect(device.device.lot == "L1")
      #expect(device.certificates.first?.principal == "registration-authority:gateway-7")
    }
  }
}

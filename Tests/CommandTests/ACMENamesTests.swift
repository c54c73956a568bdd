import Foundation
import TestKit
import Testing

/// What ACME's refusal and the documentation tell an operator to type works as it is printed.
@Suite struct ACMENamesTests {
  private struct Invited: Decodable { let secret: String }

  @Test func theCommandsLetADeviceAskForAName() async throws {
    try await RunningServer.with { server in
      let text = try await server.touchmark(["profile", "export", "operational"]).output
        .replacing("name: operational\n", with: "name: broker\n").replacing("protocols: [", with: "protocols: [acme, ")
      try server.folder.write("broker.yaml", text)
      #expect(try await server.touchmark(["profile", "apply", "broker.yaml"]).exit == 0)
      let invited: Invited = try await server.json(["device", "add", "GW-7", "--profile", "broker", "--mac"])
      let client = try await ACMEClient(
        service: ACMEOverCurl(trusting: server.root), profile: "broker", origin: server.https
      ).registered("GW-7", invited.secret)

      for name in ["a.example", "b.example"] {
        let refused = try await client.order([("dns", name)])
        #expect(refused.error == "rejectedIdentifier")
        try await run(try #require(command(in: refused.text, until: " lets it")), server)
      }
      #expect(try await client.order([("dns", "a.example"), ("dns", "b.example")]).status == 201)

      try await run(try #require(command(in: documentation(), until: "`")), server)
      #expect(try await client.order([("dns", "gw7.example")]).status == 201)
    }
  }

  /// From `touchmark device label` on.
  private func command(in text: String, until end: String) -> String? {
    guard let begin = text.firstRange(of: "touchmark device label GW-7"),
      let end = text[begin.lowerBound...].firstRange(of: end)
    else { return nil }
    return String(text[begin.lowerBound..<end.lowerBound])
  }

  private func documentation() throws -> String {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try String(
      contentsOf: tests.deletingLastPathComponent().appending(path: "docs/protocols/acme.md"), encoding: .utf8)
  }

  private func run(_ command: String, _ server: RunningServer) async throws {
    let folder = URL(fileURLWithPath: Program.touchmark.path).deletingLastPathComponent().path
    let outcome = try await Program(path: "/bin/sh").run(
      ["-c", "PATH='\(folder)':$PATH; \(command) --data '\(server.data)'"], in: server.folder.path)
    #expect(outcome.exit == 0, "\(outcome.transcript)")
  }
}

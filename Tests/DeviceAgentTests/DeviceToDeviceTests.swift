import Foundation
import TestKit
import Testing

/// R6: the example's two ends, over TLS 1.3, after the server was stopped.
@Suite(.serialized) struct DeviceToDeviceTests {
  private static let folder = URL(fileURLWithPath: Program.touchmark.path).deletingLastPathComponent().path
  private static let example = folder + "/touchmark-example-peers"

  private struct Invited: Decodable {
    let secret: String
    let root: String

    enum CodingKeys: String, CodingKey {
      case secret
      case root = "root_sha256"
    }
  }

  private func enroll(_ serial: String, _ profile: String, at server: RunningServer) async throws {
    let invited: Invited = try await server.json(["device", "add", serial, "--profile", profile])
    try server.folder.write("secret", invited.secret)
    let url = "https://\(serial)@\(server.https.dropFirst(8))#sha256:\(invited.root)"
    let enrolled = try await Program(path: Self.folder + "/touchmark-agent").run(
      ["enroll", url, "--secret-file", "secret", "--data", serial], in: server.folder.path)
    #expect(enrolled.exit == 0, "\(enrolled.transcript)")
  }

  /// What both ends said.
  private func meet(_ listener: String, _ caller: String, in folder: TemporaryFolder) async throws -> (String, String) {
    let said = "listen-\(caller).log"
    let listening = try Child(
      Self.example, ["listen", listener, "0"], in: folder.path,
      streams: .init(output: folder.path + "/" + said, errors: folder.path + "/" + said))
    defer { listening.signal(SIGKILL) }
    var port: Substring?
    for _ in 0..<1200 where port == nil {
      port = folder.text(said)?.split(separator: "\n").first { $0.hasPrefix("listening on ") }?.dropFirst(13)
      if port == nil { try await Task.sleep(for: .milliseconds(50)) }
    }
    let called = try await Program(path: Self.example).run(
      ["connect", caller, "127.0.0.1", String(try #require(port)), "hello"], in: folder.path)
    try await listening.ended(seconds: 30)
    return (folder.text(said) ?? "", called.transcript)
  }

  @Test func devicesMeetWithNobodyOnline() async throws {
    try await RunningServer.with { server in
      try await enroll("GATE-1", "gateway", at: server)
      for serial in ["PUMP-1", "PUMP-2"] { try await enroll(serial, "operational", at: server) }
      _ = try await server.touchmark(["device", "suspend", "PUMP-2", "--reason", "stolen"])
      // The gateway stores the lists while it still can.
      var lists = ""
      for _ in 0..<100 where !lists.contains("suspended") {
        _ = try await Program(path: Self.folder + "/touchmark-agent").run(
          ["crl", "--out", "lists.pem", "--once", "--data", "GATE-1"], in: server.folder.path)
        lists = try await Program(path: Self.folder + "/touchmark-agent").run(
          ["peer", "verify", "PUMP-2/current/fullchain.pem", "--data", "GATE-1"], in: server.folder.path
        ).errors
        if !lists.contains("suspended") { try await Task.sleep(for: .milliseconds(100)) }
      }
      await server.stop()

      let (heard, told) = try await meet("GATE-1", "PUMP-1", in: server.folder)
      #expect(heard.contains("peer PUMP-1, good as of ") && heard.contains("heard hello"), "\(heard)")
      #expect(told == "peer GATE-1, of whose standing nothing is stored\nheard hello\n[0]\n")
      let (refused, silent) = try await meet("GATE-1", "PUMP-2", in: server.folder)
      #expect(refused.contains("refused: it is suspended since ") && !refused.contains("heard"), "\(refused)")
      #expect(!silent.contains("heard") && !silent.hasSuffix("[0]\n"), "\(silent)")
      // A device is no server: its profile says so.
      let (_, wrong) = try await meet("PUMP-1", "GATE-1", in: server.folder)
      #expect(wrong.hasPrefix("refused: its certificate is not for this purpose\n"), "\(wrong)")
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing
import WebService
import WireFormats
import touchmark

/// `touchmark.yaml`: what is wrong in it is said with its place, and every bound of the server can be set there.
@Suite struct ConfigurationTests {
  /// An installation that nobody serves.
  private static func installation(_ options: [String] = []) async throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let made = try await Program.touchmark.run(
      ["init", "--data", "data", "--organization", "Works"] + options, in: folder.path)
    #expect(made.exit == 0, "\(made.transcript)")
    return folder
  }

  private static func serve(_ folder: TemporaryFolder, adding text: String) async throws -> Program.Outcome {
    let whole = try #require(folder.text("data/touchmark.yaml"))
    try folder.write("data/touchmark.yaml", whole + text)
    defer { try? folder.write("data/touchmark.yaml", whole) }
    return try await Program.touchmark.run(
      ["serve", "--data", "data", "--listen-https", "127.0.0.1:0", "--listen-http", "127.0.0.1:0"], in: folder.path)
  }

  @Test func whatIsWrongIsSaidWithItsPlace() async throws {
    let folder = try await Self.installation()
    defer { folder.remove() }
    for (text, words) in [
      ("lab: true\n", "'lab' stands twice"),
      ("limits: {idle_seconds: 1, idle_seconds: 2}\n", "'idle_seconds' stands twice"),
      ("limits: [\n", "line "), ("limits: {idle_seconds: soon}\n", "limits.idle_seconds"),
      ("limits: {streams: 1}\n", "'streams: 1' is not a limit in touchmark.yaml"),
      ("limits: {http2_streams: 101}\n", "http2_streams in touchmark.yaml is from 1 to 100"),
      ("limits: {token_sessions: 0}\n", "token_sessions in touchmark.yaml is from 1 to 64"),
      ("limits: {token_patience_seconds: 61}\n", "token_patience_seconds in touchmark.yaml is from 1 to 60"),
      ("limits: {http2_streams: 0}\n", "http2_streams in touchmark.yaml is from 1 to 100"),
    ] {
      let outcome = try await Self.serve(folder, adding: text)
      #expect(outcome.exit == 1 && outcome.errors.contains(words), "\(text): \(outcome.transcript)")
      if words.contains("twice") {
        #expect(outcome.errors.contains(/line \d+, column \d+: '/), "\(outcome.transcript)")
      }
    }
  }

  /// The hint names them all, so the table that reads them cannot have forgotten one.
  @Test func everyBoundHasANameThere() async throws {
    let folder = try await Self.installation()
    defer { folder.remove() }
    let outcome = try await Self.serve(folder, adding: "limits: {nonsense: 1}\n")
    let names = try #require(outcome.errors.split(separator: "limits are ").last).trimmingCharacters(in: .newlines)
    let fields = Mirror(reflecting: WebServerConfiguration.Bounds()).children.compactMap(\.label).map(Self.snake)
    let all = fields + ["token_patience_seconds", "token_sessions"]
    #expect(names == all.sorted().joined(separator: ", "))
  }

  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter)
    }
  }

  /// Small ones, so that each is met with one request.
  @Test func whatIsSetThereIsInForce() async throws {
    try await RunningServer.with(["--host", "pki.example.com"]) { server in
      await server.stop()
      let whole = try #require(server.folder.text("data/touchmark.yaml"))
      let limits = [
        "est_body_bytes: 1000", "ocsp_body_bytes: 100", "rest_body_bytes: 2000", "import_body_bytes: 3000",
        "wrong_secrets_per_minute: 2", "header_fields: 30",
      ]
      try server.folder.write(
        "data/touchmark.yaml", whole + "limits:\n" + limits.map { "  \($0)\n" }.joined())
      try await server.serve()
      let device: Told = try await server.json(["device", "add", "PUMP-1", "--profile", "operational"])
      try await addresses(of: server, device)
      let body = String(repeating: "A", count: 4000)
      for (arguments, name) in [
        (
          [
            "-u", "PUMP-1:\(device.secret ?? "")", server.https + "/.well-known/est/simpleenroll",
            "-H", "Content-Type: application/pkcs10",
          ], "est_body_bytes of 1000"
        ),
        ([server.http + "/ocsp", "-H", "Content-Type: application/ocsp-request"], "ocsp_body_bytes of 100"),
        (Self.administrator(server, "json") + [server.https + "/api/v1/devices"], "rest_body_bytes of 2000"),
        (Self.administrator(server, "jsonl") + [server.https + "/api/v1/devices/import"], "import_body_bytes of 3000"),
      ] {
        let answer = try await Self.curl(server, arguments, body)
        #expect(answer.contains("the limit \(name) is exceeded"), "\(name): \(answer)")
      }
      let fields = (0..<40).flatMap { ["-H", "X\($0): a"] }
      #expect(try await Self.curl(server, fields + [server.https + "/healthz"], nil).contains("header_fields of 30"))
      let request = try await Self.request()
      var codes: [String] = []
      for _ in 0..<4 {
        codes.append(
          try await Self.curl(
            server,
            [
              "-u", "PUMP-1:wrong", "-o", "/dev/null", "-w", "%{http_code}",
              "-H", "Content-Type: application/pkcs10", server.https + "/.well-known/est/simpleenroll",
            ], request))
      }
      #expect(codes == ["401", "401", "429", "429"])
    }
  }

  /// The responder's own bounds: how many certificates it is asked of at once, and how many signatures are under way.
  @Test func theRespondersBoundsAreInForce() async throws {
    var bounds = WebServerConfiguration.Bounds()
    (bounds.ocspCertificates, bounds.ocspSignatures, bounds.ocspBodyBytes) = (3, 5, 700)
    let policy = bounds.ocspPolicy
    #expect(policy.limits.certificates == 3 && policy.limits.octets == 700)
    #expect(policy.concurrentSignatures == 5 && policy.concurrentCacheFills == 5)
    try await RunningServer.with { server in
      await server.stop()
      let whole = try #require(server.folder.text("data/touchmark.yaml"))
      try server.folder.write("data/touchmark.yaml", whole + "limits: {ocsp_certificates: 2}\n")
      try await server.serve()
      for (count, isAnswered) in [(2, true), (3, false)] {
        let answer = try await Self.ocsp(server, serials: count)
        #expect(answer.contains("malformedrequest") == !isAnswered, "\(count): \(answer)")
        #expect(answer.contains("unknown") == isAnswered, "\(count): \(answer)")
      }
    }
  }

  private static func ocsp(_ server: RunningServer, serials count: Int) async throws -> String {
    let authorities: [AuthorityItem] = try await server.json(["authority", "list"])
    let issuer = try #require(authorities.first { $0.purpose == "operational" })
    try server.folder.write("issuer.pem", issuer.certificate)
    let serials = (1...count).flatMap { ["-serial", "\($0)"] }
    return try await server.openssl(
      ["ocsp", "-issuer", "issuer.pem"] + serials + ["-url", server.http + "/ocsp", "-noverify"]
    ).transcript
  }

  /// What devices are told is the name that `init` was given, at the port that was bound.
  private func addresses(of server: RunningServer, _ device: Told) async throws {
    let port = try #require(server.https.split(separator: ":").last)
    let expected = "https://pki.example.com:\(port)"
    let invited: Told = try await server.json(["device", "invite", "PUMP-1"])
    let grant: Told = try await server.json([
      "grant", "add", "--profile", "operational", "--uses", "3", "--expires-in", "1h",
    ])
    #expect([device.url, invited.url, grant.url] == [expected, expected, expected])
    let line = try await server.touchmark(["device", "add", "PUMP-2", "--profile", "operational"])
    #expect(line.output.contains(expected), "\(line.transcript)")
    #expect(!line.output.contains("127.0.0.1"), "\(line.transcript)")
  }

  /// What is printed of a new right.
  private struct Told: Decodable {
    let url: String
    let secret: String?
  }

  /// A request of a key that is forgotten again.
  private static func request() async throws -> String {
    try await offloading {
      let made = try Finished(
        running: "openssl",
        [
          "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null",
          "-subj", "/CN=PUMP-1", "-outform", "DER",
        ])
      return Base64.encode(made.output)
    }
  }

  private static func administrator(_ server: RunningServer, _ type: String) -> [String] {
    [
      "--cert", server.data + "/admin.pem", "--key", server.data + "/admin.key", "-H",
      "Content-Type: application/\(type)",
    ]
  }

  private static func curl(_ server: RunningServer, _ arguments: [String], _ body: String?) async throws -> String {
    let data = body.map { ["--data-binary", $0] } ?? []
    return try await offloading {
      try Finished(running: "curl", ["-sS", "--max-time", "20", "--cacert", server.root] + data + arguments).text
    }
  }
}

import Foundation
import TestKit
import Testing

/// Who reads figures, and whom an authorizing system has to show itself to be.
@Suite(.serialized) struct WatchingAccessTests {
  @Test func figuresAreReadByAnAuditorAndNotByAStation() async throws {
    try await RunningServer.with { server in
      let path = server.folder.path
      for (name, role) in [
        ("ada", ["auditor"]), ("otto", ["operator"]), ("line-3", ["station", "--profile", "operational"]),
      ] {
        let added = try await server.touchmark(["admin", "add", name, "--out", "\(path)/\(name)", "--role"] + role)
        #expect(added.exit == 0, "\(added.transcript)")
      }
      let device = try await ForeignDevice.enrolled("PUMP-1", at: server)
      for (certificate, key, status) in [
        ("ada.pem", "ada.key", "200"), ("otto.pem", "otto.key", "200"), ("line-3.pem", "line-3.key", "403"),
        (device.certificate, "PUMP-1.key", "403"),
      ] {
        let read = try await Program(path: "/usr/bin/curl").run(
          [
            "-sS", "--cacert", "data/root.pem", "--cert", certificate, "--key", key, "-o", "figures", "-w",
            "%{http_code}", server.https + "/metrics",
          ], in: path)
        #expect(read.output == status, "\(certificate): \(read.transcript)")
        let told = server.folder.text("figures")?.contains("touchmark_issued_total{") == true
        #expect(told == (status == "200"), "\(certificate)")
        try? FileManager.default.removeItem(atPath: path + "/figures")
      }
    }
  }

  /// Says yes to whoever asks over TLS, with the certificate that it is given, and prints its port first.
  private static let factory = """
    import http.server, ssl, sys
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            open(sys.argv[3], "ab").write(body + b"\\n")
            self.send_response(200)
            self.send_header("content-length", "14")
            self.end_headers()
            self.wfile.write(b'{"allow":true}')
        def log_message(self, *words):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    open(sys.argv[4], "w").write(str(server.server_port))
    server.serve_forever()
    """

  private static let certificates = """
    set -e
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f-root.key -out f-root.pem -days 30 \
      -subj /CN=Factory -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.csr -subj /CN=mes 2>/dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' > f.ext
    openssl x509 -req -in f.csr -CA f-root.pem -CAkey f-root.key -days 30 -set_serial 2 -extfile f.ext -out f.pem 2>/dev/null
    """

  @Test func aSystemUnderTheConfiguredRootsIsAsked() async throws {
    try await RunningServer.with { server in
      let path = server.folder.path
      let made = try await Program(path: "/bin/sh").run(["-c", Self.certificates], in: path)
      #expect(made.exit == 0, "\(made.transcript)")
      let factory = try Child(
        "/usr/bin/env",
        ["python3", "-c", Self.factory, "\(path)/f.pem", "\(path)/f.key", "\(path)/asked", "\(path)/port"],
        environment: Program.environment([:]), streams: .init(output: "\(path)/said", errors: "\(path)/said"))
      defer { factory.signal(SIGTERM) }
      for _ in 0..<400 where server.folder.text("port")?.isEmpty != false {
        try await Task.sleep(for: .milliseconds(50))
      }
      let port = try #require(server.folder.text("port"), "\(server.folder.text("said") ?? "")")
      let document = try await server.touchmark(["profile", "export", "operational"])
      try server.folder.write(
        "profile.yaml", document.output + "\nauthorize:\n  url: https://127.0.0.1:\(port)/units\n  timeout: 5s\n")
      #expect(try await server.touchmark(["profile", "apply", path + "/profile.yaml"]).exit == 0)
      func issue(_ name: String) async throws -> Program.Outcome {
        try await server.touchmark([
          "certificate", "issue", name, "--profile", "operational", "--out", "\(path)/\(name)",
        ])
      }
      // The system's own roots know nothing of this factory.
      let before = try await issue("U-1")
      #expect(before.exit == 7 && server.folder.text("asked") == nil, "\(before.transcript)")
      await server.stop()
      let configuration = try #require(server.folder.text("data/touchmark.yaml"))
      try FileManager.default.removeItem(atPath: server.data + "/touchmark.yaml")
      try server.folder.write("data/touchmark.yaml", configuration + "outgoing-roots: \(path)/f-root.pem\n")
      try await server.serve()
      let allowed = try await issue("U-2")
      #expect(allowed.exit == 0, "\(allowed.transcript)")
      #expect(server.folder.text("asked")?.contains(#""serial":"U-2""#) == true, "\(server.folder.text("asked") ?? "")")
      let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
      #expect(log.output.contains(#""authorized_by":"127.0.0.1"#), "\(log.output.suffix(1500))")
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Events and figures of the real program.
@Suite(.serialized) struct WatchingCommandTests {
  static func curl(_ server: RunningServer, _ path: String, certificate: Bool = true, _ more: [String] = [])
    async throws
    -> Program.Outcome
  {
    let identity = ["--cert", server.data + "/admin.pem", "--key", server.data + "/admin.key"]
    return try await Program(path: "/usr/bin/env").run(
      ["curl", "-sS", "--cacert", server.root] + (certificate ? identity : []) + more + [server.https + path])
  }

  @Test func followingPrintsWhatComesAndSurvivesARestart() async throws {
    try await RunningServer.with { server in
      let printed = server.folder.path + "/followed.jsonl"
      let follower = try Child(
        Program.touchmark.path,
        ["audit", "list", "--follow", "-o", "jsonl", "--kind", "device", "--data", server.data],
        environment: Program.environment([:]), streams: .init(output: printed, errors: server.folder.path + "/said"))
      defer { follower.signal(SIGTERM) }
      func isPrinted(_ serial: String) async throws -> Bool {
        for _ in 0..<200 {
          if server.folder.text("followed.jsonl")?.contains("\"\(serial)\"") == true { return true }
          try await Task.sleep(for: .milliseconds(50))
        }
        return false
      }
      #expect(try await server.touchmark(["device", "add", "F-1", "--profile", "operational"]).exit == 0)
      #expect(try await isPrinted("F-1"))
      let began = ContinuousClock.now
      #expect(await server.stop() == 0)
      // A wait of 30 s was under way.
      #expect(ContinuousClock.now - began < .seconds(10))
      try await server.serve()
      #expect(try await server.touchmark(["device", "add", "F-2", "--profile", "operational"]).exit == 0)
      #expect(try await isPrinted("F-2"), "\(server.folder.text("said") ?? "")")
      let lines = server.folder.text("followed.jsonl")?.split(separator: "\n") ?? []
      let items = try lines.map { try JSONDecoder().decode(AuditItem.self, from: Data($0.utf8)) }
      #expect(items.map(\.act) == ["device.add", "device.add"])
    }
  }

  @Test func figuresAreForThisMachineAndForReaders() async throws {
    try await RunningServer.with { server in
      let refused = try await Self.curl(
        server, "/metrics", certificate: false, ["-o", "/dev/null", "-w", "%{http_code}"])
      #expect(refused.output == "401")
      let read = try await Self.curl(server, "/metrics")
      #expect(read.output.contains("\ntouchmark_log_entries "), "\(read.transcript)")
      let plain = try await Program(path: "/usr/bin/env").run(["curl", "-sSi", server.http + "/metrics"])
      #expect(plain.output.contains("text/plain; version=0.0.4; charset=utf-8"))
      #expect(plain.output.contains(#"touchmark_build_info{version=""#))
      #expect(plain.output.contains("touchmark_crl_age_seconds{authority="))
      let proxied = try await Program(path: "/usr/bin/env").run([
        "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Forwarded-For: 203.0.113.9",
        server.http + "/metrics",
      ])
      #expect(proxied.output == "404")
    }
  }
}

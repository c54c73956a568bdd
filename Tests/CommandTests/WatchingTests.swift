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

/// Conditions, targets and sinks of the real program.
@Suite(.serialized) struct NotifyCommandTests {
  private static func configure(_ server: RunningServer, _ yaml: String) throws {
    let path = server.data + "/touchmark.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try (text + yaml).write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test func targetsAreTriedAndTheSinkProvesTheLog() async throws {
    try await RunningServer.with { server in
      await server.stop()
      let sink = server.folder.path + "/sink"
      try FileManager.default.createDirectory(atPath: sink, withIntermediateDirectories: true)
      let receiver = Receiver()
      defer { receiver.close() }
      try Self.configure(
        server,
        """
        watch:
          authority-ends-within: 100y
        notify:
          - name: file
            command: [/bin/sh, -c, 'cat >> \(server.folder.path)/told']
            when: [authority]
          - name: hook
            url: \(receiver.url)/hook
            when: [clone]
            timeout: 5s

        """)
      try await server.serve(["--checkpoint-sink", sink])
      let tested = try await server.touchmark(["notify", "test"])
      #expect(tested.exit == 0 && tested.output == "file  delivered\nhook  delivered\n", "\(tested.transcript)")
      #expect(receiver.requests.first?.text.contains(#""state":"test""#) == true)
      let key = try await server.touchmark(["notify", "key"])
      #expect(key.output.hasPrefix("-----BEGIN PUBLIC KEY-----"), "\(key.transcript)")
      // The threshold makes each authority one condition, told once each.
      for _ in 0..<200 where server.folder.text("told")?.contains(#""condition":"authority""#) != true {
        try await Task.sleep(for: .milliseconds(50))
      }
      let shown = try await server.touchmark(["notify", "show"])
      #expect(
        shown.output.contains("authority") && shown.output.contains("conditions that stand"), "\(shown.transcript)")
      #expect(try await server.touchmark(["device", "add", "S-1", "--profile", "operational"]).exit == 0)
      for _ in 0..<200 where (try? FileManager.default.contentsOfDirectory(atPath: sink))?.isEmpty != false {
        try await Task.sleep(for: .milliseconds(50))
      }
      await server.stop()
      let verified = try await server.touchmark(["audit", "verify", "--from", sink])
      #expect(verified.exit == 0, "\(verified.transcript)")
      #expect(!verified.output.contains("without an older checkpoint"), "\(verified.transcript)")
      let told = server.folder.text("told") ?? ""
      try await server.serve(["--checkpoint-sink", sink])
      try await Task.sleep(for: .milliseconds(1500))
      let raised = (server.folder.text("told") ?? "").components(separatedBy: #""state":"raised""#).count
      #expect(raised == told.components(separatedBy: #""state":"raised""#).count)
    }
  }

  @Test func aFactorysSystemIsAskedOverTrustedTLSAlone() async throws {
    try await RunningServer.with { server in
      let document = try await server.touchmark(["profile", "export", "operational"])
      func ask(_ url: String) async throws -> Program.Outcome {
        let path = server.folder.path + "/profile.yaml"
        try (document.output + "\nauthorize:\n  url: \(url)\n  timeout: 2s\n").write(
          toFile: path, atomically: true, encoding: .utf8)
        let applied = try await server.touchmark(["profile", "apply", path])
        #expect(applied.exit == 0, "\(applied.transcript)")
        let name = "W-\(Int.random(in: 1...1_000_000))"
        return try await server.touchmark([
          "certificate", "issue", name, "--profile", "operational", "--out", server.folder.path + "/\(name)",
        ])
      }
      let receiver = Receiver(.text(200, #"{"allow":true}"#))
      defer { receiver.close() }
      let allowed = try await ask(receiver.url + "/units")
      #expect(allowed.exit == 0, "\(allowed.transcript)")
      receiver.set(.text(200, #"{"allow":false,"reason":"never heard of it"}"#))
      let refused = try await ask(receiver.url + "/units")
      #expect(refused.exit != 0 && !refused.transcript.contains("never heard"), "\(refused.transcript)")
      // The server's own port: a certificate of a root that the system does not trust.
      let distrusted = try await ask(server.https + "/units")
      #expect(distrusted.exit == 7, "\(distrusted.transcript)")
      let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
      #expect(log.output.contains("never heard of it"))
      #expect(log.output.contains("its certificate is not trusted"), "\(log.output.suffix(2000))")
    }
  }

  @Test func whatIsWrittenWrongIsNamedAtTheStart() async throws {
    try await RunningServer.with { server in
      await server.stop()
      let before = try String(contentsOfFile: server.data + "/touchmark.yaml", encoding: .utf8)
      for (yaml, words) in [
        ("notify:\n  - {name: x, url: 'http://elsewhere.example/'}\n", "'x' has an address that is not taken"),
        ("notify:\n  - {name: x, command: [relative]}\n", "'x' cannot be"),
        ("notify:\n  - {name: x, command: [/bin/true], when: [weather]}\n", "knows no condition 'weather'"),
        ("checkpoint-sink: relative/path\n", "is no checkpoint sink"),
        ("outgoing-roots: /no/such/file\n", "'/no/such/file' cannot be read"),
      ] {
        try (before + yaml).write(toFile: server.data + "/touchmark.yaml", atomically: true, encoding: .utf8)
        let outcome = try await server.touchmark(["serve"])
        #expect(outcome.exit == 1 && outcome.errors.contains(words), "\(outcome.transcript)")
      }
    }
  }
}

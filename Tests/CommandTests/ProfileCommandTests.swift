import AdministrationAPI
import TestKit
import Testing

@Suite(.serialized) struct ProfileCommandTests {
  @Test func aProfileIsAppliedOnceAndTried() async throws {
    try await RunningServer.with { server in
      let exported = try await server.touchmark(["profile", "export", "operational"])
      #expect(exported.exit == 0)
      let file = exported.output.split(separator: "\n").map { $0 == "name: operational" ? "name: pump" : String($0) }
        .joined(separator: "\n")
      try server.folder.write("pump.yaml", file + "\n")
      let dry: ProfileChange = try await server.json(["profile", "apply", "pump.yaml", "--dry-run"])
      #expect(dry.changed && dry.version == 1)
      #expect(try await server.touchmark(["profile", "show", "pump"]).exit == 5)
      let applied = try await server.touchmark(["profile", "apply", "pump.yaml"])
      #expect(applied.exit == 0 && applied.output.hasSuffix("pump is at version 1\n"))
      let again = try await server.touchmark(["profile", "apply", "pump.yaml"])
      #expect(again.transcript == "pump stays at version 1: nothing differs\n[0]\n")

      let request = try await Program(path: "/usr/bin/env").run([
        "openssl", "req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=x",
      ])
      try server.folder.write("weak.csr", request.output)
      let refused = try await server.touchmark(["profile", "try", "pump", "--csr", "weak.csr"])
      #expect(refused.exit == 1, "\(refused.transcript)")
    }
  }

  @Test func unknownKeysAreRefusedWithTheirLine() async throws {
    try await RunningServer.with { server in
      let good = try await server.touchmark(["profile", "export", "operational"]).output
      try server.folder.write("bad.yaml", "color: blue\n" + good)
      let refused = try await server.touchmark(["profile", "apply", "bad.yaml"])
      #expect(refused.exit == 1)
      #expect(refused.errors.contains("color"))
      #expect(refused.errors.contains("line 1"))
    }
  }

  @Test func theBuiltInTextCanBeTakenAnew() async throws {
    try await RunningServer.with { server in
      let same = try await server.touchmark(["profile", "apply", "--built-in", "gateway"])
      #expect(same.transcript == "gateway stays at version 1: nothing differs\n[0]\n")
      let none = try await server.touchmark(["profile", "apply", "--built-in", "pump"])
      #expect(none.exit == 5 && none.errors.contains("no built-in profile is called pump"))
    }
    #expect(try await Program.touchmark.run(["profile", "apply"]).exit == 2)
  }

  @Test func textWithoutANameIsRefusedHere() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("x.yaml", "authority: operational\n")
    let outcome = try await Program.touchmark.run(["profile", "apply", "x.yaml"], in: folder.path)
    #expect(
      outcome.transcript == """
        touchmark: x.yaml names no profile
        hint: it begins with a line like name: pump
        [1]

        """)
  }
}

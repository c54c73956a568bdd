import AdministrationAPI
import Foundation
import TestKit
import Testing

/// What an installation promises about its folder, its keys and its end, asked of the real program.
@Suite(.serialized) struct InstallationTests {
  @Test func controlCDrainsAsATerminationDoes() async throws {
    try await RunningServer.with { server in
      #expect(await server.stop(SIGINT) == 0)
      #expect(await server.log.contains("stopped; nothing that was answered is lost"))
      #expect(!FileManager.default.fileExists(atPath: server.data + "/serving.json"))
    }
  }

  @Test func aSecondServerIsRefused() async throws {
    try await RunningServer.with { server in
      let second = try await Program.touchmark.run(["serve", "--data", server.data])
      #expect(second.exit == 6)
      #expect(second.errors.contains("another server serves \(server.data)"))
      #expect(try await server.touchmark(["device", "list"]).exit == 0)
    }
  }

  @Test func theRootsKeysMayBeElsewhere() async throws {
    try await RunningServer.with { server in
      await server.stop()
      for folder in ["root", "successor"] {
        try FileManager.default.moveItem(atPath: "\(server.data)/\(folder)", toPath: server.folder.path + "/\(folder)")
      }
      try await server.serve()
      let made = try await server.touchmark([
        "certificate", "issue", "a.example", "--profile", "server", "--out", server.folder.path + "/out",
      ])
      #expect(made.exit == 0, "\(made.transcript)")
    }
  }

  @Test func aPassphraseOpensTheKeysAndAnotherDoesNot() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (name, text) in [("right", "correct horse\n"), ("wrong", "battery staple\n")] { try folder.write(name, text) }
    let right = ["TOUCHMARK_PASSPHRASE_FILE": folder.path + "/right"]
    let server = try await RunningServer.start(environment: right)
    let founding = await server.founding
    #expect(
      founding.contains("the root key has a passphrase of its own: name its file with TOUCHMARK_ROOT_PASSPHRASE_FILE"))
    #expect(try await server.touchmark(["device", "list"]).exit == 0)
    await server.stop()
    for wrong in [[:], ["TOUCHMARK_PASSPHRASE_FILE": folder.path + "/wrong"]] {
      let refused = try await Program.touchmark.run(["serve", "--data", server.data], environment: wrong)
      #expect(refused.exit != 0, "\(refused.transcript)")
      #expect(refused.errors.hasPrefix("touchmark: "))
    }
    await server.end()
  }

  @Test func theAdministratorsIdentityMayBeElsewhere() async throws {
    let elsewhere = try TemporaryFolder()
    defer { elsewhere.remove() }
    try await RunningServer.with(["--admin-identity", elsewhere.path + "/me.pem"]) { server in
      #expect(!FileManager.default.fileExists(atPath: server.data + "/admin.key"))
      #expect(try ScratchFolder.names(in: elsewhere.path) == ["me.key", "me.pem"])
      #expect(try await server.touchmark(["device", "list"]).exit == 4)
      let named = try await server.touchmark(["device", "list", "--identity", elsewhere.path + "/me.pem"])
      #expect(named.exit == 0, "\(named.transcript)")
    }
  }

  /// An address that means whoever asks is none: what outlives 90 days would point at it for all its life.
  @Test(arguments: ["http://127.0.0.1:9", "http://localhost", "http://[::1]:8080"])
  func aLoopbackAddressIsNoPublicOne(_ address: String) async throws {
    try await RunningServer.with(["--public-http", address]) { server in
      #expect(await server.log.contains("this is a demonstration: certificates name \(address)"))
      _ = try await server.openssl(
        [
          "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k", "-subj",
          "/serialNumber=P-1/CN=P-1", "-out", "p.csr",
        ])
      let tried = try await server.touchmark(["profile", "try", "idevid", "--csr", server.folder.path + "/p.csr"])
      #expect(tried.exit == 1 && tried.transcript.contains("public-http"), "\(tried.transcript)")
    }
  }

  @Test func anAddressThatNobodyCanReachIsNotRecorded() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let made = try await Program.touchmark.run(
      ["init", "--data", "data", "--organization", "Works", "--listen-http", "127.0.0.1:0"], in: folder.path)
    #expect(made.exit == 2 && made.errors.contains("port 0"), "\(made.transcript)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/data"))
  }

  /// Whoever waits for the file would wait forever.
  @Test func aReadyFileThatCannotBeWrittenEndsTheStart() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let made = try await Program.touchmark.run(["init", "--data", "data", "--organization", "Works"], in: folder.path)
    #expect(made.exit == 0, "\(made.transcript)")
    let served = try await Program.touchmark.run(
      [
        "serve", "--data", "data", "--listen-https", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--ready-file",
        "nowhere/ready.json",
      ], in: folder.path)
    #expect(served.exit == 5, "\(served.transcript)")
    #expect(served.errors.contains("nowhere/ready.json"), "\(served.transcript)")
  }

  @Test(arguments: ["P-384", "RSA-3072"]) func otherKeysIssueToo(_ algorithm: String) async throws {
    try await RunningServer.with(["--algorithm", algorithm]) { server in
      let added = try await server.touchmark(["device", "add", "PUMP-7", "--profile", "operational"])
      let line = try #require(added.output.split(separator: "\n").last.map(String.init))
      let pasted = try await Program(path: "/bin/sh").run(["-c", line], in: server.folder.path)
      #expect(pasted.exit == 0, "\(pasted.transcript)")
      let chain = try await Program(path: "/usr/bin/env").run(
        ["openssl", "crl2pkcs7", "-nocrl", "-certfile", server.folder.path + "/identity-PUMP-7/cert.pem"])
      #expect(chain.exit == 0)
      let shown: DeviceDetail = try await server.json(["device", "show", "PUMP-7"])
      #expect(shown.device.state == "active")
    }
  }

  /// The second `up --demo` finds the organization, and the devices that enrolled.
  @Test func aDemonstrationGoesOn() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let ports = FreePort.find(2)
    var roots: [String] = []
    for run in 1...2 {
      let ready = folder.path + "/ready-\(run)"
      let log = folder.path + "/log-\(run)"
      let child = try Child(
        Program.touchmark.path,
        [
          "up", "--demo", "--data", folder.path + "/data", "--ready-file", ready, "--listen-https",
          "127.0.0.1:\(ports[0])", "--listen-http", "127.0.0.1:\(ports[1])",
        ], environment: Program.environment([:]), streams: .init(output: log, errors: log))
      var devices: [DeviceItem] = []
      for _ in 0..<600 where child.isRunning && devices.count < 25 {
        try await Task.sleep(for: .milliseconds(100))
        guard FileManager.default.fileExists(atPath: ready) else { continue }
        let listed = try await Program.touchmark.run(
          ["device", "list", "--state", "active", "-o", "json", "--data", folder.path + "/data"])
        devices = (try? JSONDecoder().decode([DeviceItem].self, from: Data(listed.output.utf8))) ?? []
      }
      #expect(devices.count == 25, "\(folder.text("log-\(run)") ?? "")")
      roots.append(folder.text("data/root.pem") ?? "")
      child.signal(SIGINT)
      #expect(try await child.ended(seconds: 60) == 0)
    }
    #expect(roots[0] == roots[1] && !roots[0].isEmpty)
  }

  /// RLIMIT_FSIZE stands in for a full disk: the store's file may not grow any more.
  @Test func aFullDiskRefusesAndLosesNothing() async throws {
    try await RunningServer.with { server in
      await server.stop()
      let lines = (0..<2000).map { "DISK-\($0),operational\n" }.joined()
      try server.folder.write("devices.csv", "serial,profile\n" + lines)
      try await server.serve(under: ["prlimit", "--fsize=1500000", "--"])
      let refused = try await server.touchmark(["device", "import", server.folder.path + "/devices.csv"])
      #expect(refused.exit == 7 || refused.exit == 1, "\(refused.transcript)")
      #expect(try await server.touchmark(["device", "list"]).exit == 0)
      await server.stop()
      try await server.serve()
      let taken = try await server.touchmark(["device", "import", server.folder.path + "/devices.csv"])
      #expect(taken.exit == 0, "\(taken.transcript)")
      await server.stop()
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    }
  }
}

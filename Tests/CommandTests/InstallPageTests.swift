import Foundation
import TestKit
import Testing

/// What docs/install.md says is what works, and the unit is one that systemd takes.
@Suite(.serialized) struct InstallPageTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  /// The page's steps for Debian, with folders of the test's own, without what needs the package or systemd.
  private static func steps(in folder: String) throws -> String {
    let page = try String(contentsOf: repository.appending(path: "docs/install.md"), encoding: .utf8)
    let section = try #require(page.components(separatedBy: "## Debian").last)
    let block = try #require(
      section.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
    try #require(block.contains("systemd-ask-password") && block.contains("touchmark init"))
    let kept = block.replacing("\\\n", with: " ").split(separator: "\n").filter { line in
      !["apt ", "chown ", "systemctl ", "touchmark device"].contains { line.hasPrefix($0) }
    }
    return kept.joined(separator: "\n").replacing("/etc/credstore", with: folder + "/credstore")
      .replacing("/var/lib/touchmark", with: folder + "/lib")
  }

  @Test func thePassphraseStepsWorkAsTheyAreWritten() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path
    try FileManager.default.createDirectory(atPath: path + "/bin", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: path + "/lib", withIntermediateDirectories: true)
    // Where a person would type.
    try folder.write("bin/systemd-ask-password", "#!/bin/sh\necho 'a passphrase that a person typed'\n")
    let program = Program.touchmark.path
    let ports = FreePort.find(2)
    let steps = try Self.steps(in: path).replacing("0.0.0.0:8443", with: "127.0.0.1:\(ports[0])")
      .replacing("0.0.0.0:8080", with: "127.0.0.1:\(ports[1])")
    let ran = try await Program(path: "/bin/sh").run(
      ["-ec", "chmod 755 bin/*; ln -s \(program) bin/touchmark; PATH=$PWD/bin:$PATH\n" + steps], in: path)
    #expect(ran.exit == 0, "\(steps)\n\(ran.transcript)")
    let passphrase = path + "/credstore/touchmark-passphrase"
    let mode = try FileManager.default.attributesOfItem(atPath: passphrase)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(!FileManager.default.fileExists(atPath: path + "/lib/data/machine-secret"))

    // The service finds it where LoadCredential= puts it, and not without.
    func serve(_ environment: [String: String]) throws -> Child {
      try Child(
        program, ["serve", "--data", path + "/lib/data", "--ready-file", path + "/ready"],
        environment: Program.environment(environment), streams: .init(output: path + "/log", errors: path + "/log"))
    }
    let bare = try serve([:])
    _ = try await bare.ended(seconds: 60)
    #expect(
      bare.exit != 0 && folder.text("log")?.contains("TOUCHMARK_PASSPHRASE_FILE") == true, "\(folder.text("log") ?? "")"
    )
    let service = try serve(["CREDENTIALS_DIRECTORY": path + "/credstore"])
    for _ in 0..<1200 where service.isRunning && !FileManager.default.fileExists(atPath: path + "/ready") {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(FileManager.default.fileExists(atPath: path + "/ready"), "\(folder.text("log") ?? "")")
    let added = try await Program.touchmark.run(
      ["device", "add", "PUMP-1", "--profile", "operational", "--data", path + "/lib/data"])
    #expect(added.exit == 0, "\(added.transcript)")
    service.signal(SIGTERM)
    _ = try await service.ended(seconds: 30)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
  func theUnitIsOneThatSystemdTakes() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let unit = try String(
      contentsOf: Self.repository.appending(path: "Packaging/touchmark.service"), encoding: .utf8)
    #expect(unit.contains("ExecStart=/usr/bin/touchmark serve "))
    // The program need not be installed here.
    func verify(_ text: String) async throws -> Program.Outcome {
      try folder.write("touchmark.service", text.replacing("/usr/bin/touchmark", with: Program.touchmark.path))
      let outcome = try await Program(path: "/usr/bin/systemd-analyze").run(
        ["verify", "--man=no", folder.path + "/touchmark.service"])
      try FileManager.default.removeItem(atPath: folder.path + "/touchmark.service")
      return outcome
    }
    let verified = try await verify(unit)
    #expect(verified.exit == 0 && verified.errors.isEmpty, "\(verified.transcript)")
    // It does say what it does not know.
    let wrong = try await verify(unit.replacing("ProtectSystem=strict", with: "ProtectSystems=strict"))
    #expect(wrong.errors.contains("ProtectSystems"), "\(wrong.transcript)")
    // Every option of its command line is one that the command has.
    let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
    let help = try await Program.touchmark.run(["serve", "--help"])
    for option in line.split(separator: " ") where option.hasPrefix("--") {
      #expect(help.output.contains(option), "\(option)")
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// A disk that becomes read-only under the running server, or full, and is writable again.
@Suite(.serialized, .enabled(if: ReadOnlyDisk.compiler != nil)) struct ReadOnlyDiskTests {
  @Test(arguments: [ReadOnlyDisk.Trouble.readOnly, .full])
  private func aDiskThatIsReadOnlyOrFullIsSaidAndForgottenOnceItIsNot(_ trouble: ReadOnlyDisk.Trouble) async throws {
    try await RunningServer.with { server in
      let grant: IssuedGrant = try await server.json([
        "grant", "add", "--profile", "operational", "--uses", "100", "--expires-in", "1h",
      ])
      await server.stop()
      let disk = try await ReadOnlyDisk(in: server.folder)
      try await server.serve(environment: disk.environment)
      let device = try ForeignDevice("DISK-1", at: server)
      try await device.enroll(name: grant.name, secret: grant.secret)
      #expect(try await readiness(of: server) == "ready\n200")
      try disk.come(trouble)
      for _ in 0..<2 {
        let refused = await #expect(throws: ForeignDevice.Failure.self) { try await device.renew() }
        let words = refused?.description ?? ""
        #expect(words.contains("503") && words.contains(trouble.words), "\(words)")
        // What it holds is kept: the same key and certificate try again.
        try device.takeBackKey()
      }
      // Whoever sends requests here is told to send them elsewhere, although all can still be read.
      let said = try await readiness(of: server) { $0.hasSuffix("503") }
      #expect(said.hasPrefix("the store cannot be written: ") && said.contains(trouble.words), "\(said)")
      let shown: DeviceDetail = try await server.json(["device", "show", "DISK-1"])
      #expect(shown.certificates.count == 1)
      try disk.becomeWritable()
      try await device.renew()
      #expect(try await readiness(of: server) { $0.hasSuffix("200") } == "ready\n200")
      await server.stop()
      let verified = try await server.touchmark(["audit", "verify"])
      #expect(verified.exit == 0, "\(verified.transcript)")
    }
  }

  /// What `/readyz` says, and its status: asked until it is what is awaited, for ten seconds at most.
  private func readiness(
    of server: RunningServer, until isAwaited: (String) -> Bool = { _ in true }
  ) async throws -> String {
    let began = ContinuousClock.now
    while true {
      let answer = try await Program(path: "/usr/bin/curl").run(["-s", "-w", "\n%{http_code}", server.http + "/readyz"])
      let said = answer.output.split(separator: "\n").joined(separator: "\n")
      if isAwaited(said) || began.duration(to: .now) > .seconds(10) { return said }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}

/// Crash/readonly.c, preloaded into a server.
private struct ReadOnlyDisk {
  private let flag: String
  let environment: [String: String]

  /// A Swift toolchain brings clang; LD_PRELOAD is Linux's.
  static let compiler: String? = {
    #if os(Linux)
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return ["clang", "cc", "gcc"].lazy.flatMap { name in folders.map { "\($0)/\(name)" } }
      .first(where: FileManager.default.isExecutableFile)
    #else
    return nil
    #endif
  }()

  init(in folder: TemporaryFolder) async throws {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../Crash/readonly.c"
    ).standardized.path
    let (library, compiler) = (folder.path + "/readonly.so", try #require(Self.compiler))
    flag = folder.path + "/read-only"
    let built = try await Program(path: compiler).run(
      ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"])
    try #require(built.exit == 0, "\(built.transcript)")
    environment = ["LD_PRELOAD": library, "TOUCHMARK_READ_ONLY": flag]
  }

  enum Trouble: String, Sendable {
    case readOnly, full

    var words: String { self == .full ? "the disk is full" : "read-only" }
  }

  func come(_ trouble: Trouble) throws { try Data(trouble.rawValue.utf8).write(to: URL(fileURLWithPath: flag)) }
  func becomeWritable() throws { try FileManager.default.removeItem(atPath: flag) }
}

extension ForeignDevice {
  /// After a renewal that was refused: the key of the certificate that it still holds is its key again.
  fileprivate func takeBackKey() throws {
    let path = server.folder.path + "/\(serial)"
    try FileManager.default.removeItem(atPath: path + ".key")
    try FileManager.default.moveItem(atPath: path + "-old.key", toPath: path + ".key")
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// A disk that becomes read-only under the running server, and is writable again.
@Suite(.serialized, .enabled(if: ReadOnlyDisk.compiler != nil)) struct ReadOnlyDiskTests {
  @Test func aDiskThatIsReadOnlyIsSaidAndForgottenOnceItIsNot() async throws {
    try await RunningServer.with { server in
      let grant: IssuedGrant = try await server.json([
        "grant", "add", "--profile", "operational", "--uses", "100", "--expires-in", "1h",
      ])
      await server.stop()
      let disk = try await ReadOnlyDisk(in: server.folder)
      try await server.serve(environment: disk.environment)
      let device = try ForeignDevice("DISK-1", at: server)
      try await device.enroll(name: grant.name, secret: grant.secret)
      try disk.becomeReadOnly()
      for _ in 0..<2 {
        let refused = await #expect(throws: ForeignDevice.Failure.self) { try await device.renew() }
        let words = refused?.description ?? ""
        #expect(words.contains("503") && words.contains("read-only"), "\(words)")
        // What it holds is kept: the same key and certificate try again.
        try device.takeBackKey()
      }
      let shown: DeviceDetail = try await server.json(["device", "show", "DISK-1"])
      #expect(shown.certificates.count == 1)
      try disk.becomeWritable()
      try await device.renew()
      let ready = try await Program(path: "/usr/bin/curl").run(["-sf", server.http + "/readyz"])
      #expect(ready.exit == 0, "\(ready.transcript)")
      await server.stop()
      let verified = try await server.touchmark(["audit", "verify"])
      #expect(verified.exit == 0, "\(verified.transcript)")
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

  func becomeReadOnly() throws { try Data().write(to: URL(fileURLWithPath: flag)) }
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

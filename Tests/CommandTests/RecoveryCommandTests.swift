import AdministrationAPI
import Foundation
import TestKit
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Backup, restore and a full disk, through the real program.
@Suite(.serialized) struct RecoveryCommandTests {
  /// Prints the HTTP status of an enrollment with a grant, and leaves its headers and body in files.
  private static let enroll = """
    umask 077
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" -outform DER \
      2>/dev/null | base64 -w0 > "$1.csr"
    curl -s -D "$1.headers" -o "$1.body" -w '%{http_code}' --cacert "$2" -u "$3" \
      -H 'Content-Type: application/pkcs10' -H 'Date: Thu, 01 Jan 1970 00:00:00 GMT' --data-binary "@$1.csr" \
      "$4/.well-known/est/simpleenroll"
    """

  private struct Granted: Decodable {
    let name: String
    let secret: String
  }

  private func status(of serial: String, _ grant: Granted, _ server: RunningServer) async throws -> String {
    try await Program(path: "/bin/sh").run(
      ["-c", Self.enroll, "sh", serial, server.root, "\(grant.name):\(grant.secret)", server.https],
      in: server.folder.path
    ).output
  }

  private func grant(_ server: RunningServer) async throws -> Granted {
    try await server.json(["grant", "add", "--profile", "operational", "--uses", "100", "--expires-in", "1h"])
  }

  @Test func aBackupUnderLoadIsRestoredElsewhereUnderTheRoot() async throws {
    try await RunningServer.with { server in
      let grant = try await grant(server)
      let secret = server.folder.path + "/passphrase"
      try "a passphrase for backups\n".write(toFile: secret, atomically: true, encoding: .utf8)
      let (file, target) = (server.folder.path + "/backup", server.folder.path + "/restored")
      async let load = withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<4 { group.addTask { try await status(of: "LOAD-\(number)", grant, server) } }
        return try await group.reduce(into: [String]()) { $0.append($1) }
      }
      let backup = ["backup", "--to", file, "--passphrase-file", secret]
      let written = try await server.touchmark(backup)
      #expect(written.exit == 0, "\(written.transcript)")
      #expect(try await load == ["200", "200", "200", "200"])
      #expect(try await server.touchmark(backup).exit == 6)

      let listless = ["restore", file, "--passphrase-file", secret]
      let unanswered = try await Program.touchmark.run(listless + ["--data", target, "--root", server.data + "/root"])
      #expect(unanswered.exit == 6 && unanswered.errors.contains("--without-crl"), "\(unanswered.transcript)")
      let restore = listless + RunningServer.withoutLists
      #expect(try await server.touchmark(restore).exit == 6)  // where an installation is
      let rootless = try await Program.touchmark.run(restore + ["--data", target])
      #expect(rootless.exit == 1 && rootless.errors.contains("--root PATH"))
      #expect(!FileManager.default.fileExists(atPath: target))
      let restored = try await Program.touchmark.run(restore + ["--data", target, "--root", server.data + "/root"])
      #expect(restored.exit == 0, "\(restored.transcript)")
      #expect(restored.output == "\(target) is restored, in epoch 2 of its log\n")
      for name in ["admin.pem", "admin.key", "root", "transport-secret"] {
        #expect(!FileManager.default.fileExists(atPath: target + "/" + name), "\(name)")
      }
      let verified = try await Program.touchmark.run(["audit", "verify", "--data", target])
      #expect(verified.exit == 0, "\(verified.transcript)")
    }
  }

  @Test(.enabled(if: geteuid() == 0 && FileManager.default.fileExists(atPath: "/bin/mount")))
  func aFullDiskIsSaidAndForgottenOnceThereIsRoom() async throws {
    try await RunningServer.with { server in
      let grant = try await grant(server)
      await server.stop()
      let shell = Program(path: "/bin/sh")
      let moved = try await shell.run(
        ["-c", "mv data kept && mkdir data && mount -t tmpfs -o size=4m,mode=0700 tmpfs data && cp -a kept/. data"],
        in: server.folder.path)
      #expect(moved.exit == 0, "\(moved.transcript)")
      do {
        try await server.serve()
        #expect(try await status(of: "DISK-1", grant, server) == "200")
        _ = try await shell.run(["-c", "dd if=/dev/zero of=data/fill bs=4096; true"], in: server.folder.path)
        // Pages that the log of the database has already are written without room.
        var refused = ""
        for number in 0..<50 where refused != "503" { refused = try await status(of: "FULL-\(number)", grant, server) }
        #expect(refused == "503")
        #expect(try await status(of: "FULL-X", grant, server) == "503")
        #expect(server.folder.text("FULL-X.body")?.contains("the disk is full") == true)
        #expect(server.folder.text("FULL-X.headers")?.lowercased().contains("retry-after:") == true)
        try FileManager.default.removeItem(atPath: server.data + "/fill")
        #expect(try await status(of: "FULL-X", grant, server) == "200")
        await server.stop()
        let verified = try await server.touchmark(["audit", "verify"])
        #expect(verified.exit == 0, "\(verified.transcript)")
      } catch {
        Issue.record(error)
      }
      await server.stop()
      _ = try await shell.run(["-c", "umount data"], in: server.folder.path)
    }
  }
}

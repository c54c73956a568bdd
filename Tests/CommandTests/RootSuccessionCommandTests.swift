import AdministrationAPI
import Credentials
import Foundation
import TestKit
import Testing
import WireFormats

/// Roots follow one another wherever their keys are, and for whatever reason.
@Suite(.serialized) struct RootSuccessionCommandTests {
  /// The active root's certificate as a file of the server's folder, and the root that waits.
  private func roots(_ server: RunningServer, as file: String) async throws -> (root: String, waiting: String) {
    let all: [AuthorityItem] = try await server.json(["authority", "list"])
    let root = try #require(all.first { $0.purpose == "root" && $0.state == "active" })
    let waiting = all.filter { $0.purpose == "successor" && $0.state == "standby" }
    try #require(waiting.count == 1)
    try server.folder.write(file, root.certificate)
    return (root.id, waiting[0].id)
  }

  @Test func nothingIsSaidInFavorOfACompromisedRoot() async throws {
    try await RunningServer.with { server in
      let away = try await ForeignDevice.enrolled("AWAY-1", at: server)
      let before = try await roots(server, as: "r1.pem")
      let done = try await server.touchmark(["root", "succeed", "--compromised"])
      #expect(done.exit == 0 && done.output.hasPrefix("\(before.waiting) is the root now"), "\(done.transcript)")
      let after = try await roots(server, as: "r2.pem")
      #expect(after.root == before.waiting && after.waiting != before.waiting)
      let old = try Certificate(parsing: #require(PEM.parse(server.folder.text("r1.pem") ?? "")?.first).bytes)

      // Who trusts the old root alone is led away by what it signed long ago, and is not told to trust it.
      try await away.renew(root: "r1.pem")
      let pem = try await away.cacerts(root: "r1.pem")
      try server.folder.write("cacerts.pem", pem)
      let offered = try #require(PEM.parse(pem)).map { try Certificate(parsing: $0.bytes) }
      #expect(!offered.contains(old))
      #expect(!offered.contains { $0.subject == old.subject && $0.publicKey == old.publicKey })
      let signed = offered.filter { $0.issuer == old.subject && old.publicKey.map($0.isSigned) == true }
      #expect(signed.contains { $0.subject.description.contains("Root R2") })
      #expect(PEM.parse(server.folder.text("data/root.pem") ?? "")?.count == 1)
      for anchor in ["r1.pem", "r2.pem"] {
        let verified = try await server.openssl(
          ["verify", "-CAfile", anchor, "-untrusted", "cacerts.pem", away.certificate])
        #expect(verified.exit == 0, "\(anchor): \(verified.transcript)")
      }
      let log = try await server.touchmark(["audit", "list", "-o", "jsonl"])
      #expect(log.output.contains("root.succeed") && log.output.contains("keyCompromise"), "\(log.output.suffix(900))")
      #expect(try await server.touchmark(["audit", "verify"]).exit == 0)
    }
  }

  @Test func rootsInFilesFollowOneAnotherByRequestAndAnswer() async throws {
    try await RunningServer.with { server in
      // Each file has a passphrase that opens no other.
      for number in 1...4 { try server.folder.write("p\(number)", "the passphrase of file \(number) alone\n") }
      func run(_ line: [String], making new: Int = 1) async throws -> Program.Outcome {
        let environment = ["TOUCHMARK_NEW_SUCCESSOR_PASSPHRASE_FILE": server.folder.path + "/p\(new)"]
        return try await Program.touchmark.run(line, environment: environment, in: server.folder.path)
      }
      func phrases(_ numbers: Int...) -> [String] { numbers.flatMap { ["--passphrase-file", "p\($0)"] } }
      let here = ["--data", server.data]
      let away = try await ForeignDevice.enrolled("AWAY-1", at: server)
      let first = try await roots(server, as: "r1.pem")
      let successor = ["root", "export", "--which", "successor", "--to", "r2.keys", "--remove"] + here + phrases(2)
      #expect(try await run(successor).exit == 0)
      let again = try await run(["root", "export", "--which", "successor", "--to", "r2b.keys"] + here + phrases(2))
      #expect(again.exit == 5, "\(again.transcript)")
      #expect(try await run(["root", "export", "--to", "r1.keys", "--remove"] + here + phrases(1)).exit == 0)
      for name in ["root", "successor", "root-machine-secret", "successor-machine-secret"] {
        #expect(!FileManager.default.fileExists(atPath: "\(server.data)/\(name)"), "\(name)")
      }

      // Both keys elsewhere: the request is carried there, and makes the next root there.
      let asked = try await run(["root", "succeed", "--request", "ask"] + here)
      #expect(asked.exit == 0, "\(asked.transcript)")
      let both = ["root", "answer", "ask", "--root", "r2.keys", "--root", "r1.keys", "--yes", "--out"]
      let few = try await run(both + ["a0", "--successor-to", "r0.keys"] + phrases(2))
      #expect(few.exit == 2 && few.errors.contains("once for each --root"), "\(few.transcript)")
      let swapped = try await run(both + ["a0", "--successor-to", "r0.keys"] + phrases(1, 2))
      #expect(swapped.exit == 1, "\(swapped.transcript)")
      let signed = try await run(both + ["a2", "--successor-to", "r3.keys"] + phrases(2, 1), making: 3)
      #expect(signed.exit == 0, "\(signed.transcript)")
      let installed = try await run(["root", "install", "a2"] + here)
      #expect(installed.exit == 0, "\(installed.transcript)")
      let second = try await roots(server, as: "r2.pem")
      #expect(second.root == first.waiting)
      #expect(!FileManager.default.fileExists(atPath: "\(server.data)/successor-3"))
      try await away.renew(root: "r1.pem")

      // The next one with the files at hand, then an authority under the root that was made last.
      let next = try await run(
        ["root", "succeed", "--root", "r2.keys", "--root", "r3.keys", "--successor-to", "r4.keys"] + here
          + phrases(2, 3), making: 4)
      #expect(next.exit == 0, "\(next.transcript)")
      let third = try await roots(server, as: "r3.pem")
      #expect(third.root == second.waiting)
      let renewed = try await run(["authority", "renew", "operational", "--root", "r3.keys"] + here + phrases(3))
      #expect(renewed.exit == 0, "\(renewed.transcript)")
      let late = try await run(["authority", "renew", "idevid", "--root", "r1.keys"] + here + phrases(1))
      #expect(late.exit == 1 && late.errors.contains("is not on this machine"), "\(late.transcript)")

      try await away.renew(root: "r1.pem")
      try server.folder.write("cacerts.pem", try await away.cacerts(root: "r3.pem"))
      for anchor in ["r1.pem", "r2.pem", "r3.pem"] {
        let verified = try await server.openssl(
          ["verify", "-CAfile", anchor, "-untrusted", "cacerts.pem", away.certificate])
        #expect(verified.exit == 0, "\(anchor): \(verified.transcript)")
      }
    }
  }

  @Test func aRootUnderItsOwnPassphraseAsksForItAndIsFollowedByNoLess() async throws {
    let phrases = try TemporaryFolder()
    defer { phrases.remove() }
    func phrase(_ name: String) throws -> String {
      let path = "\(phrases.path)/\(name)"
      if !FileManager.default.fileExists(atPath: path) { try phrases.write(name, "the passphrase of \(name) alone\n") }
      return path
    }
    let server = try await RunningServer.start(
      environment: [
        "TOUCHMARK_ROOT_PASSPHRASE_FILE": phrase("r1"), "TOUCHMARK_SUCCESSOR_PASSPHRASE_FILE": phrase("r2"),
      ])
    do {
      func succeed(_ environment: [String: String]) async throws -> Program.Outcome {
        try await Program.touchmark.run(
          ["root", "succeed", "--data", server.data], environment: environment, in: server.folder.path)
      }
      let first = try await roots(server, as: "r1.pem")
      var given: [String: String] = [:]
      let unasked = try await succeed(given)
      #expect(unasked.exit == 1 && unasked.errors.contains("_PASSPHRASE_FILE"), "\(unasked.transcript)")
      given["TOUCHMARK_ROOT_PASSPHRASE_FILE"] = try phrase("wrong")
      given["TOUCHMARK_SUCCESSOR_PASSPHRASE_FILE"] = try phrase("r2")
      let wrong = try await succeed(given)
      #expect(wrong.exit == 1, "\(wrong.transcript)")
      given["TOUCHMARK_ROOT_PASSPHRASE_FILE"] = try phrase("r1")
      let less = try await succeed(given)
      #expect(less.exit == 1 && less.errors.contains("needs a passphrase of its own"), "\(less.transcript)")
      #expect(!FileManager.default.fileExists(atPath: server.data + "/successor-3"))
      #expect(try await roots(server, as: "r1.pem") == first)

      given["TOUCHMARK_NEW_SUCCESSOR_PASSPHRASE_FILE"] = try phrase("r3")
      let done = try await succeed(given)
      #expect(done.exit == 0, "\(done.transcript)")
      let second = try await roots(server, as: "r2.pem")
      #expect(second.root == first.waiting)
      #expect(!FileManager.default.fileExists(atPath: server.data + "/successor-3-machine-secret"))

      // Now the root is in the folder that it was made in, and so is the one that waits: each with its own passphrase.
      given["TOUCHMARK_NEW_SUCCESSOR_PASSPHRASE_FILE"] = try phrase("r4")
      let unknown = try await succeed(given)
      #expect(
        unknown.exit == 1 && unknown.errors.contains("TOUCHMARK_SUCCESSOR_3_PASSPHRASE_FILE"), "\(unknown.transcript)")
      given["TOUCHMARK_SUCCESSOR_3_PASSPHRASE_FILE"] = try phrase("r3")
      let next = try await succeed(given)
      #expect(next.exit == 0, "\(next.transcript)")
      #expect(try await roots(server, as: "r3.pem").root == second.waiting)
      await server.end()
    } catch {
      await server.end()
      throw error
    }
  }
}

import AdministrationAPI
import Credentials
import Foundation
import TestKit
import Testing
import WireFormats

/// What a renewal of an authority says with `-o json`.
private struct Installed: Decodable {
  let act: String
  let authority: String
}

/// Authorities and roots follow one another under a running server, seen through curl and openssl.
@Suite(.serialized) struct RolloverCommandTests {
  @Test func authoritiesAreRenewedWhileDevicesEnroll() async throws {
    try await RunningServer.with { server in
      let old = try await ForeignDevice.enrolled("OLD-1", at: server)
      let before: [AuthorityItem] = try await server.json(["authority", "list"])
      let grant: IssuedGrant = try await server.json([
        "grant", "add", "--profile", "operational", "--uses", "1000", "--expires-in", "1h",
      ])
      // Devices come in all the while, one after the other on two lines.
      let lines = (0..<2).map { line in
        Task {
          var issued = 0
          while !Task.isCancelled {
            let device = try ForeignDevice("LIVE-\(line)-\(issued)", at: server)
            try await device.enroll(name: grant.name, secret: grant.secret)
            issued += 1
          }
          return issued
        }
      }
      var renewed: [String: String] = [:]
      for purpose in ["operational", "idevid"] {
        let done: Installed = try await server.json(["authority", "renew", purpose])
        renewed[purpose] = done.authority
        try await Task.sleep(for: .milliseconds(300))
      }
      for line in lines { line.cancel() }
      for line in lines { #expect(try await line.value > 0) }

      let after: [AuthorityItem] = try await server.json(["authority", "list"])
      #expect(after.count == before.count + 2)
      let operational = try #require(after.first { $0.id == renewed["operational"] })
      let retired = try #require(after.first { $0.purpose == "operational" && $0.id != operational.id })
      #expect(operational.state == "active" && retired.state == "retired")
      try server.folder.write("new.pem", operational.certificate)
      try server.folder.write("old.pem", retired.certificate)

      try await old.renew()
      let fresh = try ForeignDevice("NEW-1", at: server)
      try await fresh.enroll(name: grant.name, secret: grant.secret)
      let cacerts = try await fresh.cacerts(root: "data/root.pem")
      #expect(PEM.parse(cacerts)?.count == 9)
      try server.folder.write("cacerts.pem", cacerts)
      // Whoever trusts one of the two keys alone believes what the other issued, through the cross certificates. They
      // are given alone: openssl goes the first way that it finds, and never back from a root that it does not trust.
      let parsed = try (PEM.parse(cacerts) ?? []).map { try Certificate(parsing: $0.bytes) }
      let roads = parsed.filter {
        $0.isSelfIssued && $0.authorityKeyIdentifier != nil && $0.subject.description.contains("Operational")
      }
      #expect(roads.count == 2)
      try server.folder.write(
        "roads.pem", roads.map { PEM(label: "CERTIFICATE", bytes: $0.encoded).text }.joined())
      for (leaf, anchor) in [
        (fresh.certificate, "old.pem"), (old.first, "new.pem"), (old.certificate, "old.pem"),
      ] {
        let verified = try await server.openssl(
          ["verify", "-partial_chain", "-trusted", anchor, "-untrusted", "roads.pem", leaf])
        #expect(verified.output == "\(leaf): OK\n", "\(verified.transcript)")
      }
      for leaf in [fresh.certificate, old.first, old.certificate] {
        let verified = try await server.openssl(
          ["verify", "-CAfile", "data/root.pem", "-untrusted", "cacerts.pem", leaf])
        #expect(verified.output == "\(leaf): OK\n", "\(verified.transcript)")
      }
      // Each is still answered for by its own authority.
      for (leaf, issuer) in [(old.first, "old.pem"), (fresh.certificate, "new.pem")] {
        let status = try await server.openssl([
          "ocsp", "-issuer", issuer, "-cert", leaf, "-url", server.http + "/ocsp", "-CAfile", "data/root.pem",
          "-verify_other", issuer, "-no_nonce",
        ])
        #expect(status.output.contains("\(leaf): good"), "\(status.transcript)")
      }
      for id in [operational.id, retired.id] {
        let list = try await Program(path: "/usr/bin/curl").run(
          ["-sf", "-o", "list.crl", "\(server.http)/crl/\(id).crl"], in: server.folder.path)
        #expect(list.exit == 0, "\(id): \(list.transcript)")
      }
      let revoked = try await server.touchmark(["authority", "revoke", retired.id, "--reason", "superseded"])
      #expect(revoked.exit == 0, "\(revoked.transcript)")
      try await old.renew()
    }
  }

  @Test func anotherRootTakesThePlaceWhileDevicesAreAway() async throws {
    try await RunningServer.with { server in
      let away = try await ForeignDevice.enrolled("AWAY-1", at: server)
      try FileManager.default.copyItem(atPath: server.root, toPath: server.folder.path + "/r1.pem")
      let done = try await server.touchmark(["root", "succeed"])
      #expect(done.exit == 0, "\(done.transcript)")
      let authorities: [AuthorityItem] = try await server.json(["authority", "list"])
      let root = try #require(authorities.first { $0.purpose == "root" && $0.state == "active" })
      #expect(authorities.filter { $0.purpose == "successor" && $0.state == "standby" }.count == 1)
      try server.folder.write("r2.pem", root.certificate)
      #expect(PEM.parse(server.folder.text("data/root.pem") ?? "")?.count == 2)

      // The device that was away knows the first root alone: it meets a server that it can trust, and renews.
      try await away.renew(root: "r1.pem")
      let cacerts = try await away.cacerts(root: "r1.pem")
      try server.folder.write("cacerts.pem", cacerts)
      // One that is new pins the second root alone.
      let secret: ForeignDevice.Invited = try await server.json(["device", "add", "NEW-1", "--profile", "operational"])
      #expect(secret.rootSHA256 == PEM.parse(root.certificate)?.first.map { Hex.encode(sha256($0.bytes)) })
      let fresh = try ForeignDevice("NEW-1", at: server)
      try await fresh.enroll(name: "NEW-1", secret: secret.secret, root: "r2.pem")
      // Each believes the other, whichever root it holds.
      for leaf in [away.first, away.certificate, fresh.certificate] {
        for anchor in ["r1.pem", "r2.pem"] {
          let verified = try await server.openssl(
            ["verify", "-CAfile", anchor, "-untrusted", "cacerts.pem", leaf])
          #expect(verified.output == "\(leaf): OK\n", "\(anchor): \(verified.transcript)")
        }
      }
      // After a restart, and with the next authority renewed under the new root, the same.
      await server.stop()
      try await server.serve()
      let renewed = try await server.touchmark(["authority", "renew", "operational"])
      #expect(renewed.exit == 0, "\(renewed.transcript)")
      try await away.renew(root: "r1.pem")
      try await fresh.renew(root: "r2.pem")
      let list = try await server.touchmark(["authority", "crl", "root"])
      #expect(list.exit == 0 && list.output.hasPrefix("number 3 of "), "\(list.transcript)")
    }
  }

  @Test func aRootThatLeftTheMachineIsReachedByFiles() async throws {
    try await RunningServer.with { server in
      try server.folder.write("phrase", "a passphrase for the file alone\n")
      let secret = ["TOUCHMARK_EXPORT_PASSPHRASE_FILE": server.folder.path + "/phrase"]
      func run(_ line: [String], _ environment: [String: String] = [:]) async throws -> Program.Outcome {
        try await Program.touchmark.run(line, environment: environment, in: server.folder.path)
      }
      let refused = try await run(["root", "export", "--to", "r1.keys", "--remove", "--data", server.data])
      #expect(refused.exit == 1 && FileManager.default.fileExists(atPath: server.data + "/root"))
      let exported = try await run(["root", "export", "--to", "r1.keys", "--remove", "--data", server.data], secret)
      #expect(exported.exit == 0, "\(exported.transcript)")
      #expect(!FileManager.default.fileExists(atPath: server.data + "/root"))
      #expect(!FileManager.default.fileExists(atPath: server.data + "/root-machine-secret"))

      let here = try await run(["authority", "renew", "operational", "--data", server.data])
      #expect(here.exit == 1 && here.errors.contains("is not on this machine"), "\(here.transcript)")
      let with = try await run(
        ["authority", "renew", "idevid", "--root", "r1.keys", "--data", server.data], secret)
      #expect(with.exit == 0, "\(with.transcript)")

      let asked = try await run(["authority", "renew", "operational", "--request", "ask", "--data", server.data])
      #expect(asked.exit == 0, "\(asked.transcript)")
      #expect(server.folder.text("ask")?.contains("\nact: renew-authority\n") == true)
      // On the machine that has the root, no server and no data folder.
      let key = try #require(server.folder.text("data/requests.pub")).trimmingCharacters(in: .newlines)
      let answer = ["root", "answer", "ask", "--root", "r1.keys", "--out", "answer"]
      let unasked = try await run(answer + ["--request-key", key], secret)
      #expect(unasked.exit == 2 && unasked.errors.contains("for-name: CN=Test Works Operational CA 1"))
      try server.folder.write("forged", (server.folder.text("ask") ?? "").replacing("Test Works", with: "Best Works"))
      let forged = try await run(
        ["root", "answer", "forged", "--root", "r1.keys", "--out", "a2", "--yes", "--request-key", key], secret)
      #expect(forged.exit == 1 && forged.errors.contains("not signed by this installation's key"))
      let signed = try await run(answer + ["--yes"], secret)
      #expect(signed.exit == 0, "\(signed.transcript)")
      let installed = try await run(["root", "install", "answer", "--data", server.data])
      #expect(installed.exit == 0, "\(installed.transcript)")
      let again = try await run(["root", "install", "answer", "--data", server.data])
      #expect(again.exit == 6, "\(again.transcript)")
      _ = try await ForeignDevice.enrolled("PUMP-1", at: server)
    }
  }
}

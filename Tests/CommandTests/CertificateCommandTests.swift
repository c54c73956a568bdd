import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// What `certificate issue -o json` says, as far as it is read here.
private struct IssueAnswer: Decodable {
  let serialNumber: String

  enum CodingKeys: String, CodingKey { case serialNumber = "serial_number" }
}

@Suite(.serialized) struct CertificateCommandTests {
  @Test func oneCommandMakesWhatABrokerNeeds() async throws {
    try await RunningServer.with { server in
      let out = server.folder.path + "/broker"
      let issue = ["certificate", "issue", "broker.example", "--profile", "server", "--out", out]
      let issued = try await server.touchmark(issue)
      #expect(issued.exit == 0, "\(issued.transcript)")
      let mode = try FileManager.default.attributesOfItem(atPath: out + "/broker.example.key")[.posixPermissions]
      #expect(mode as? Int == 0o600)
      #expect(PEM.parse(server.folder.text("broker/broker.example.pem") ?? "")?.count == 2)
      #expect(PEM.parse(server.folder.text("broker/chain.pem") ?? "")?.count == 1)

      let openssl = Program(path: "/usr/bin/env")
      let verified = try await openssl.run([
        "openssl", "verify", "-CAfile", out + "/root.pem", "-untrusted", out + "/chain.pem", "-verify_hostname",
        "broker.example", out + "/broker.example.pem",
      ])
      #expect(verified.output == "\(out)/broker.example.pem: OK\n")

      let again = try await server.touchmark(issue)
      #expect(again.exit == 6)
      #expect(again.errors.hasPrefix("touchmark: \(out)/broker.example.key exists already\n"))
    }
  }

  @Test func aCertificateIsListedShownExportedAndRevoked() async throws {
    try await RunningServer.with { server in
      let out = server.folder.path + "/broker"
      let made: IssueAnswer = try await server.json([
        "certificate", "issue", "b.example", "--profile", "server", "--out", out,
      ])
      let serial = made.serialNumber
      let listed: [CertificateItem] = try await server.json(["certificate", "list", "--profile", "server"])
      #expect(listed.map(\.serialNumber) == [serial])
      let shown = try await server.touchmark(["certificate", "show", serial])
      #expect(shown.output.contains("also named      dns:b.example\n"))
      let exported = try await server.touchmark(["certificate", "export", serial, "--chain"])
      #expect(exported.output == server.folder.text("broker/b.example.pem"))
      let revoked = try await server.touchmark(["certificate", "revoke", serial, "--reason", "keyCompromise"])
      #expect(revoked.transcript == "\(serial) is revoked: keyCompromise\n[0]\n")
      #expect(try await server.touchmark(["certificate", "show", "0a0b0c"]).exit == 5)
    }
  }

  @Test func aRevocationSaysWhatItLeavesAlive() async throws {
    try await RunningServer.with { server in
      func issue(_ folder: String) async throws -> String {
        let made: IssueAnswer = try await server.json([
          "certificate", "issue", "b.example", "--profile", "server", "--out", server.folder.path + folder,
        ])
        return made.serialNumber
      }
      let (first, second, third) = (try await issue("/1"), try await issue("/2"), try await issue("/3"))
      let shown: CertificateItem = try await server.json(["certificate", "show", first])
      let until = "(server, until \(shown.notAfter))"
      let replaced = try await server.touchmark(["certificate", "revoke", third, "--reason", "superseded"])
      #expect(replaced.output.contains("\(first) of the same device is good \(until) and can renew or enroll\n"))
      #expect(replaced.output.hasSuffix("touchmark device suspend b.example holds them and refuses the device\n"))
      let revoked: CertificateItem = try await server.json([
        "certificate", "revoke", second, "--reason", "privilegeWithdrawn",
      ])
      #expect(revoked.remaining?.map(\.serialNumber) == [first] && revoked.remaining?.first?.enrolls == false)
    }
  }

  @Test func theServersOwnCertificatesAreSeenOverTLS() async throws {
    try await RunningServer.with { server in
      let seen = try await Program.touchmark.run(["certificate", "inspect", String(server.https.dropFirst(8))])
      #expect(seen.exit == 0)
      #expect(seen.output.contains("  also named      ip:127.0.0.1, ip:::1, dns:localhost\n"))
      #expect(seen.output.contains("  purposes        serverAuth, cmcRA\n"))
    }
  }

  /// A stranger's root: the command must not speak to a server that it cannot trust.
  @Test func anotherRootTrustsNoServer() async throws {
    try await RunningServer.with { server in
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      try ForeignIdentity.write(to: folder)
      let outcome = try await Program.touchmark.run(
        ["device", "list", "--server", server.https, "--identity", folder.path])
      #expect(outcome.exit == 3)
      #expect(
        outcome.errors.hasPrefix(
          "touchmark: the server at \(server.https) is not one that \(folder.path)/root.pem vouches for\n"))
    }
  }

  /// The right root and a certificate that is no administrator's.
  @Test func aStrangerMayNotAdminister() async throws {
    try await RunningServer.with { server in
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      try ForeignIdentity.write(to: folder)
      try folder.write("root.pem", try String(contentsOfFile: server.root, encoding: .utf8))
      let outcome = try await Program.touchmark.run(
        ["device", "list", "--server", server.https, "--identity", folder.path])
      #expect(outcome.exit == 4, "\(outcome.transcript)")
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// The authorities that no device's certificate comes from are renewed as the others are.
@Suite(.serialized) struct AuthorityRenewalTests {
  private func issuer(of file: String, _ server: RunningServer) async throws -> String {
    try await server.openssl(["x509", "-in", file, "-noout", "-ext", "authorityKeyIdentifier"]).output
  }

  /// The server's own certificate, as a client sees it.
  private func shown(_ server: RunningServer, as file: String) async throws {
    let host = server.https.dropFirst("https://".count)
    let seen = try await Program(path: "/bin/sh").run(
      [
        "-c",
        "openssl s_client -connect \(host) -CAfile data/root.pem -verify_return_error </dev/null | openssl x509 -out \(file)",
      ],
      in: server.folder.path)
    #expect(
      seen.exit == 0 && FileManager.default.fileExists(atPath: server.folder.path + "/" + file), "\(seen.transcript)")
  }

  @Test func administratorsAndTheServerItselfSurviveTheirAuthority() async throws {
    try await RunningServer.with { server in
      let device = try await ForeignDevice.enrolled("DEV-1", at: server)
      try await shown(server, as: "before.pem")
      let renewed = try await server.touchmark(["authority", "renew", "installation"])
      #expect(renewed.exit == 0, "\(renewed.transcript)")
      // The first administrator's certificate is of the old key, the next one's of the new.
      let out = server.folder.path + "/second"
      #expect(try await server.touchmark(["admin", "add", "second", "--role", "operator", "--out", out]).exit == 0)
      let listed = try await server.touchmark(["device", "list", "--identity", out + ".pem"])
      #expect(listed.exit == 0 && listed.output.contains("DEV-1"), "\(listed.transcript)")
      let (old, new) = (try await issuer(of: "data/admin.pem", server), try await issuer(of: "second.pem", server))
      #expect(old != new && !old.isEmpty)

      await server.stop()
      try await server.serve()
      try await shown(server, as: "after.pem")
      #expect(try await issuer(of: "after.pem", server) == new)
      try await device.renew()
      for identity in [server.data + "/admin.pem", out + ".pem"] {
        let again = try await server.touchmark(["device", "list", "--identity", identity])
        #expect(again.exit == 0, "\(again.transcript)")
      }
      // Even revoked, the old authority takes nobody's place away who has a record.
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      let retired = try #require(all.first { $0.purpose == "installation" && $0.state == "retired" })
      let revoked = try await server.touchmark(["authority", "revoke", retired.id, "--reason", "superseded"])
      #expect(revoked.exit == 0, "\(revoked.transcript)")
      #expect(try await server.touchmark(["device", "list"]).exit == 0)
    }
  }

  @Test func theLabGoesOnUnderANewKey() async throws {
    try await RunningServer.with(["--lab"]) { server in
      func lab(_ name: String) async throws {
        let made = try await server.touchmark([
          "certificate", "issue", name, "--profile", "lab", "--out", "\(server.folder.path)/\(name)",
        ])
        #expect(made.exit == 0, "\(made.transcript)")
      }
      try await lab("before")
      let renewed = try await server.touchmark(["authority", "renew", "lab"])
      #expect(renewed.exit == 0, "\(renewed.transcript)")
      try await lab("after")
      let all: [AuthorityItem] = try await server.json(["authority", "list"])
      for (name, state) in [("before", "retired"), ("after", "active")] {
        let authority = try #require(all.first { $0.purpose == "lab" && $0.state == state })
        try server.folder.write("\(name)-ca.pem", authority.certificate)
        let leaf = "\(name)/\(name).pem"
        let verified = try await server.openssl(
          ["verify", "-CAfile", "data/root.pem", "-untrusted", "\(name)-ca.pem", leaf])
        #expect(verified.exit == 0, "\(verified.transcript)")
        let status = try await server.openssl([
          "ocsp", "-issuer", "\(name)-ca.pem", "-cert", leaf, "-url", server.http + "/ocsp", "-CAfile",
          "data/root.pem", "-verify_other", "\(name)-ca.pem", "-no_nonce",
        ])
        #expect(status.output.contains(": good"), "\(status.transcript)")
      }
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Certificates of the installation itself, and who may end them.
@Suite(.serialized) struct OwnCertificateTests {
  @Test func aRespondersIsAnAdministratorsToRevoke() async throws {
    try await RunningServer.with { server in
      let device = try await ForeignDevice.enrolled("O-1", at: server)
      let authorities: [AuthorityItem] = try await server.json(["authority", "list"])
      let issuer = try #require(authorities.first { $0.purpose == "operational" })
      try issuer.certificate.write(toFile: server.folder.path + "/issuer.pem", atomically: true, encoding: .utf8)
      let first = try await responder(for: device, at: server)

      let out = server.folder.path + "/otto"
      #expect(try await server.touchmark(["admin", "add", "otto", "--role", "operator", "--out", out]).exit == 0)
      let asOperator = ["certificate", "revoke", first, "--reason", "keyCompromise", "--identity", out]
      let refused = try await server.touchmark(asOperator)
      #expect(refused.exit != 0 && refused.transcript.contains("installation's own"), "\(refused.transcript)")

      // A selection that finds them leaves them.
      let act: BulkActItem = try await server.json([
        "certificate", "revoke", "--where", "authority in (\(issuer.id))", "--reason", "superseded", "--yes",
      ])
      #expect(act.done == 1 && act.refused >= 1, "\(act)")
      #expect(try await responder(for: device, at: server) == first)
      let shown = try await server.touchmark(["device", "show", "O-1"])
      #expect(shown.output.contains("lost its certificate"), "\(shown.output)")

      // An administrator may, and another signs from then on.
      #expect(try await server.touchmark(["certificate", "revoke", first, "--reason", "keyCompromise"]).exit == 0)
      let began = ContinuousClock.now
      while try await responder(for: device, at: server) == first, began.duration(to: .now) < .seconds(20) {}
      #expect(try await responder(for: device, at: server) != first)
    }
  }

  /// The serial number of the certificate that signed an answer.
  private func responder(for device: ForeignDevice, at server: RunningServer) async throws -> String {
    let answer = try await Program(path: "/usr/bin/openssl").run(
      [
        "ocsp", "-issuer", "issuer.pem", "-cert", device.certificate, "-url", "\(server.http)/ocsp", "-CAfile",
        "data/root.pem", "-no_nonce", "-resp_text",
      ], in: server.folder.path)
    // The last that is printed is that of the certificate that came along.
    let last = try #require(answer.output.split(separator: "Serial Number:").last)
    return last.prefix { $0 != "S" }.filter(\.isHexDigit)
  }
}

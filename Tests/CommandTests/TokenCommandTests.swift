import AdministrationAPI
import Foundation
import TestKit
import Testing

/// Authorities' keys on a real token, from `init` to a token that goes away and comes back under a running server.
@Suite(.serialized) struct TokenCommandTests {
  private func curl(_ server: RunningServer, _ path: String, _ options: [String] = []) async throws -> String {
    try await Program(path: "/usr/bin/env").run(
      ["curl", "-sS", "-i", "--max-time", "60", "--cacert", server.root] + options + [server.https + path],
      in: server.folder.path
    ).output
  }

  private func authorities(_ server: RunningServer) async throws -> [AuthorityItem] {
    try await server.json(["authority", "list"])
  }

  /// Asks until the answer holds the text; a token's state is seen within a second or two.
  private func eventually(
    _ server: RunningServer, _ path: String, _ options: [String] = [], says text: String
  ) async throws -> Bool {
    for _ in 0..<300 {
      if try await curl(server, path, options).contains(text) { return true }
      try await Task.sleep(for: .milliseconds(100))
    }
    return false
  }

  @Test func anInstallationWhoseKeysNeverLeaveTheirTokens() async throws {
    let token = try await SoftToken()
    let rootURI = try await token.add("Root")
    let server = try await RunningServer.start(
      ["--keys", token.uri, "--root-keys", rootURI], environment: token.environment)
    do {
      try await holds(server, token, rootURI)
      await server.end()
    } catch {
      await server.end()
      throw error
    }
  }

  private func holds(_ server: RunningServer, _ token: SoftToken, _ rootURI: String) async throws {
    let all = try await authorities(server)
    for authority in all {
      let home =
        authority.purpose == "successor"
        ? "sealed" : authority.purpose == "root" ? "pkcs11:token=Root;" : "pkcs11:token=Issuing;"
      #expect(authority.keyHome?.hasPrefix(home) == true, "\(authority.purpose): \(authority.keyHome ?? "")")
    }
    #expect(await server.founding.contains("in sealed files are"))
    #expect(!FileManager.default.fileExists(atPath: server.data + "/root"))
    let configuration = try #require(server.folder.text("data/touchmark.yaml"))
    #expect(configuration.contains("pkcs11:token=Issuing") && !configuration.contains(SoftToken.pin))

    let device = try await ForeignDevice.enrolled("DEV-1", at: server)
    try await device.renew()
    try await awayAndBack(server, token, device)

    // The root's token signs where it is named; nothing of it is opened by the server.
    let old = try #require(all.first { $0.purpose == "operational" })
    let renewed = try await Program.touchmark.run(
      ["authority", "renew", "operational", "--root", rootURI, "--data", server.data], environment: token.environment)
    #expect(renewed.exit == 0, "\(renewed.transcript)")
    let next = try #require(try await authorities(server).first { $0.purpose == "operational" && $0.state == "active" })
    #expect(next.id != old.id && next.keyHome?.hasPrefix("pkcs11:token=Issuing;object=\(next.id);") == true)
    try await device.renew()

    let exported = try await server.touchmark(["root", "export", "--to", server.folder.path + "/root.key"])
    #expect(exported.exit != 0 && exported.errors.contains("never leaves it"), "\(exported.transcript)")
    let doctor = try await server.touchmark(["doctor", "-o", "json"])
    #expect(doctor.output.contains("the authorities' keys are on pkcs11:token=Issuing"), "\(doctor.transcript)")
  }

  /// A device gets a clear 503, the server says that it is not ready, and nothing but the token's return is needed.
  private func awayAndBack(_ server: RunningServer, _ token: SoftToken, _ device: ForeignDevice) async throws {
    let identity = ["--cert", server.data + "/admin.pem", "--key", server.data + "/admin.key"]
    #expect(try await curl(server, "/readyz").contains("200"))
    #expect(
      try await curl(server, "/metrics", identity).contains("touchmark_token_up{token=\"pkcs11:token=Issuing\"} 1"))
    let grant: IssuedGrant = try await server.json([
      "grant", "add", "--profile", "operational", "--uses", "10", "--expires-in", "1h",
    ])
    try token.fault("removed", true)
    #expect(try await eventually(server, "/readyz", says: "CKR_DEVICE_REMOVED"))
    #expect(try await curl(server, "/readyz").contains("503"))
    #expect(
      try await curl(server, "/metrics", identity).contains("touchmark_token_up{token=\"pkcs11:token=Issuing\"} 0"))
    _ = try await server.openssl([
      "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "away.key", "-subj",
      "/CN=AWAY-1", "-outform", "DER", "-out", "away.csr",
    ])
    let request = try Data(contentsOf: URL(fileURLWithPath: server.folder.path + "/away.csr")).base64EncodedString()
    let asking = [
      "-u", "\(grant.name):\(grant.secret)", "-H", "Content-Type: application/pkcs10", "--data-binary", request,
    ]
    let refused = try await curl(server, "/.well-known/est/simpleenroll", asking)
    #expect(refused.contains("503") && refused.lowercased().contains("retry-after: "), "\(refused)")
    #expect(refused.contains("the authority's key is away; ask again later"))
    try token.fault("removed", false)
    #expect(try await eventually(server, "/.well-known/est/simpleenroll", asking, says: "200"))
    #expect(try await eventually(server, "/readyz", says: "200"))
    try await device.renew()
  }

  @Test func anAuthorityMovesFromASealedFileToAToken() async throws {
    let token = try await SoftToken()
    try await RunningServer.with { server in
      let device = try await ForeignDevice.enrolled("DEV-1", at: server)
      let unknown = try await server.touchmark(["authority", "renew", "operational", "--keys", "pkcs11:token=Issuing"])
      #expect(unknown.exit != 0 && unknown.errors.contains("tokens: in touchmark.yaml"), "\(unknown.transcript)")
      await server.stop()
      let configuration = try #require(server.folder.text("data/touchmark.yaml"))
      try server.folder.write("data/touchmark.yaml", configuration + "tokens:\n- '\(token.uri)'\n")
      try await server.serve(environment: token.environment)
      // A module is code: nobody brings one over the network.
      let brought = try await server.touchmark(["authority", "renew", "operational", "--keys", token.uri])
      #expect(brought.exit != 0, "\(brought.transcript)")
      let moved = try await server.touchmark(["authority", "renew", "operational", "--keys", "pkcs11:token=Issuing"])
      #expect(moved.exit == 0, "\(moved.transcript)")
      let all = try await authorities(server)
      let active = try #require(all.first { $0.purpose == "operational" && $0.state == "active" })
      let retired = try #require(all.first { $0.purpose == "operational" && $0.state == "retired" })
      #expect(active.keyHome?.hasPrefix("pkcs11:token=Issuing;object=\(active.id);") == true)
      #expect(retired.keyHome == "sealed")
      try await device.renew()
      _ = try await ForeignDevice.enrolled("DEV-2", at: server)
      // Both answer for what they issued, also after a start.
      await server.stop()
      try await server.serve(environment: token.environment)
      for authority in [active, retired] {
        let list = try await server.touchmark(["authority", "crl", authority.id])
        #expect(list.exit == 0, "\(list.transcript)")
      }
    }
  }

  @Test func whatInitCannotDoItSaysBeforeAnythingIsMade() async throws {
    let token = try await SoftToken()
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    func found(_ options: [String]) async throws -> Program.Outcome {
      let outcome = try await Program.touchmark.run(
        ["init", "--data", folder.path + "/data", "--organization", "Test Works"] + options,
        environment: token.environment)
      #expect(outcome.exit != 0 && !FileManager.default.fileExists(atPath: folder.path + "/data"))
      return outcome
    }
    #expect(try await found(["--keys", "pkcs11:token=Issuing;pin-value=1"]).errors.contains("not known here"))
    #expect(try await found(["--keys", "pkcs11:token=Issuing"]).errors.contains("module-path"))
    let nowhere = token.uri.components(separatedBy: "&")[0]
    #expect(try await found(["--keys", nowhere]).errors.contains("TOUCHMARK_PIN_FILE"))
    #expect(try await found(["--keys", token.uri, "--root-keys", token.uri]).errors.contains("the same token"))
    try token.folder.write(Array("000000".utf8), to: "pin")
    #expect(try await found(["--keys", token.uri]).errors.contains("refused the PIN"))
    #expect(token.logins == 1)
  }
}

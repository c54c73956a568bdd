import AsyncHTTPClient
import NIOCore
import NIOSSL
import TestKit
import Testing
import WebService

@Suite struct TLSTests {
  @Test(arguments: ["--http1.1", "--http2"])
  func answersWithoutAClientCertificate(version: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(version, server.secureURL + "/peer")
      #expect(answer.text.hasPrefix("peer=none chain=0 address=127.0.0.1"))
    }
  }

  @Test(
    arguments: ["--http1.1", "--http2"], ["device", "expired", "stranger", "edwards"])
  func handsAnyProvenCertificateToTheRoute(version: String, name: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(
        version, "--cert", server.certificates.path("\(name).pem"), "--key", server.certificates.path("\(name).key"),
        server.secureURL + "/peer")
      #expect(answer.text.hasPrefix("peer=\(try server.certificates.der(name).count) chain="))
    }
  }

  @Test(arguments: ["1.2", "1.3"])
  func speaksThisVersion(version: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(
        "--tlsv\(version)", "--tls-max", version, "-w", "%{http_version}", server.secureURL + "/healthz")
      #expect(answer.text == "ok\n2")
    }
  }

  @Test func refusesOlderVersions() async throws {
    try await ListeningServer.with { server in
      let answer = try await run(
        "openssl",
        [
          "s_client", "-connect", "localhost:\(server.https)", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0",
        ])
      #expect(answer.status != 0)
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func showsTheCertificateAndItsChainAfterResumption(version: String) async throws {
    try await ListeningServer.with { server in
      let session = server.certificates.path("session\(version)-\(server.https)")
      let common = [
        "s_client", "-connect", "localhost:\(server.https)", version, "-cert", server.certificates.path("device.pem"),
        "-key", server.certificates.path("device.key"), "-cert_chain", server.certificates.path("root.pem"),
        "-CAfile", server.certificates.path("root.pem"), "-ign_eof",
      ]
      let request = Array("GET /peer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
      let first = try await run("openssl", common + ["-sess_out", session], input: request)
      let second = try await run("openssl", common + ["-sess_in", session], input: request)
      let expected = "peer=\(try server.certificates.der("device").count) chain=1"
      #expect(first.text.contains("New, TLS"))
      #expect(first.text.contains(expected))
      #expect(second.text.contains("Reused, TLS"))
      #expect(second.text.contains(expected))
    }
  }

  @Test func showsAReplacedCertificateToNewConnectionsOnly() async throws {
    try await ListeningServer.with { server in
      try await HTTPClient.withHTTPClient(configuration: try trusting(server)) { client in
        let before = try await get(client, server)
        try server.identity.replace(
          certificateChain: [server.certificates.der("other-server")],
          privateKey: server.certificates.key("other-server"))
        let kept = try await get(client, server)
        let shown = try await run(
          "openssl", ["s_client", "-connect", "localhost:\(server.https)"], input: Array("Q\n".utf8))
        #expect(before == kept)
        #expect(shown.text.contains("subject=CN = other-server"))
      }
    }
  }

  @Test func keepsTheOldCertificateWhenTheNewOneIsNotUsable() async throws {
    try await ListeningServer.with { server in
      let key = try server.certificates.key("server")
      #expect(throws: TLSIdentityError.self) {
        try server.identity.replace(certificateChain: [[1, 2, 3]], privateKey: key)
      }
      #expect(throws: TLSIdentityError.self) { try server.identity.replace(certificateChain: [], privateKey: []) }
      #expect(try await server.curl(server.secureURL + "/healthz").text == "ok\n")
    }
  }

  @Test func closesWhoeverSpeaksPlainHTTPToTheTLSPort() async throws {
    try await ListeningServer.with { server in
      let received = try await offloading { [port = server.https] in
        let client = try RawClient(port: port)
        client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return client.receive(seconds: 20)
      }
      #expect(received.isClosed)
    }
  }

  private func trusting(_ server: ListeningServer) throws -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .file(server.certificates.path("root.pem"))
    return HTTPClient.Configuration(tlsConfiguration: tls)
  }

  private func get(_ client: HTTPClient, _ server: ListeningServer) async throws -> String {
    let response = try await client.execute(
      HTTPClientRequest(url: server.secureURL + "/peer"), timeout: .seconds(60))
    return String(buffer: try await response.body.collect(upTo: 1024))
  }
}

import Foundation
import TestKit
import Testing
import WireFormats

@Suite struct StatusRoutesTests {
  @Test(arguments: ["good", "revoked"])
  func answersOpenSSLOverPost(name: String) async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      let answer = try await run(
        "openssl",
        [
          "ocsp", "-url", server.plainURL + "/ocsp", "-issuer", "ca.pem", "-cert", "\(name).pem", "-CAfile", "ca.pem",
        ], in: scene.directory)
      #expect(answer.text.contains("\(name).pem: \(name)"), "\(answer.errors)")
      #expect(answer.errors.contains("Response verify OK"))
    }
  }

  // RFC 6960 §A.1, RFC 5019 §5: clients escape the base64 of a GET, or do not.
  @Test(arguments: [true, false])
  func answersAGetThatCachesMayKeep(isEscaped: Bool) async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      _ = try await run(
        "openssl", ["ocsp", "-no_nonce", "-issuer", "ca.pem", "-cert", "good.pem", "-reqout", "request.der"],
        in: scene.directory)
      var text = Base64.encode(try Data(contentsOf: URL(fileURLWithPath: scene.path("request.der"))))
      if isEscaped {
        text = text.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
      }
      let url = server.plainURL + "/ocsp/" + text
      let head = try await server.curl("-D", "-", "-o", scene.path("response.der"), url)
      #expect(head.text.hasPrefix("HTTP/1.1 200 OK"))
      #expect(head.text.contains("Content-Type: application/ocsp-response"))
      #expect(head.text.contains("Cache-Control: max-age="))
      let judged = try await run(
        "openssl",
        [
          "ocsp", "-no_nonce", "-issuer", "ca.pem", "-cert", "good.pem", "-respin", "response.der", "-CAfile", "ca.pem",
        ], in: scene.directory)
      #expect(judged.text.contains("good.pem: good"))
      let tag = try #require(head.text.components(separatedBy: "\r\n").first { $0.hasPrefix("ETag: ") }).dropFirst(6)
      let again = try await server.curl("-i", "-H", "If-None-Match: \(tag)", url)
      #expect(again.text.hasPrefix("HTTP/1.1 304 Not Modified"))
      #expect(!again.text.contains("Content-Length"))
    }
  }

  @Test func servesTheListThatOpenSSLVerifiesAgainst() async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      let fetched = try await server.curl("-f", "-o", scene.path("crl.der"), server.plainURL + "/crl/operational-1.crl")
      #expect(fetched.status == 0)
      _ = try await run("openssl", ["crl", "-inform", "DER", "-in", "crl.der", "-out", "crl.pem"], in: scene.directory)
      let options = ["verify", "-CAfile", "ca.pem", "-CRLfile", "crl.pem", "-crl_check"]
      let good = try await run("openssl", options + ["good.pem"], in: scene.directory)
      let revoked = try await run("openssl", options + ["revoked.pem"], in: scene.directory)
      #expect(good.status == 0, "\(good.errors)")
      #expect(revoked.errors.contains("certificate revoked"))
    }
  }

  @Test func servesTheAuthoritysCertificate() async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      let answer = try await server.curl(server.plainURL + "/ca/operational-1.cer")
      let head = try await server.curl("-I", server.plainURL + "/ca/operational-1.cer")
      #expect(answer.output == scene.authority.certificate.encoded)
      #expect(head.text.contains("Content-Type: application/pkix-cert"))
    }
  }

  @Test(arguments: ["/crl/nowhere.crl", "/crl/operational-1", "/ca/operational-1.crl", "/ca/nowhere.cer", "/crl/..%2f"])
  func knowsNothingElse(path: String) async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      let answer = try await server.curl("-o", "/dev/null", "-w", "%{http_code}", server.plainURL + path)
      #expect(answer.text == "404")
    }
  }

  @Test func answersNonsenseInOCSPsOwnTerms() async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      // malformedRequest (1), unsigned: RFC 6960 §4.2.1.
      let post = try await server.curl("--data-binary", "nonsense", server.plainURL + "/ocsp")
      let get = try await server.curl(server.plainURL + "/ocsp/bm9uc2Vuc2U=")
      #expect(post.output == [0x30, 0x03, 0x0A, 0x01, 0x01])
      #expect(get.output == [0x30, 0x03, 0x0A, 0x01, 0x01])
    }
  }

  @Test func boundsARequestByName() async throws {
    let scene = try await StatusScene()
    try await ListeningServer.with(plain: [scene.routes]) { server in
      let answer = try await server.curl(
        "-w", "%{http_code}", "--data-binary", "@-", server.plainURL + "/ocsp",
        input: [UInt8](repeating: 0x30, count: 9000))
      #expect(answer.text.hasSuffix("413"))
      #expect(answer.text.contains("the limit ocsp_body_bytes of 8192 is exceeded"))
    }
  }
}

import Credentials
import Foundation
import Issuance
import TestKit
import Testing
import WireFormats

@Suite struct ESTRoutesTests {
  @Test(arguments: ["", "operational/"], ["--http1.1", "--http2", "--http1.0"])
  func givesCACertificatesToAnybody(label: String, version: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(version, "-i", "\(server.secureURL)/.well-known/est/\(label)cacerts")
      let (head, body) = try parts(answer)
      #expect(head.contains(" 200"))
      #expect(head.contains("content-type: application/pkcs7-mime; smime-type=certs-only"))
      #expect(head.contains("content-transfer-encoding: base64"))
      #expect(head.contains("content-length: \(body.utf8.count)"))
      #expect(body.hasSuffix("\n") && !body.dropLast().contains("\n"))
      let message = try #require(Base64.decode(body.utf8))
      let listed = try await run("openssl", ["pkcs7", "-inform", "DER", "-print_certs"], input: message)
      #expect(listed.text.contains("CN = device"))
    }
  }

  @Test(arguments: ["", "operational/"], ["--http1.1", "--http2", "--http1.0"])
  func enrollsWithASecret(label: String, version: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await enroll(server, [version, "-u", "SN-1:\(StubEnrolling.secret)"], label: label)
      let (head, body) = try parts(answer)
      #expect(head.contains(" 200"))
      #expect(head.contains("content-type: application/pkcs7-mime; smime-type=certs-only"))
      let certificates = try CertificatesOnly.decode(try #require(Base64.decode(body.utf8)))
      #expect(certificates == [server.enrolling.certificate])
      let asked = try #require(server.enrolling.requests.first)
      #expect(asked.label?.rawValue == (label.isEmpty ? nil : "operational"))
      #expect(!asked.isRenewal)
      #expect(asked.address == "127.0.0.1")
      guard case .secret("SN-1", _) = asked.credential else { return #expect(Bool(false), "another credential") }
    }
  }

  @Test func enrollsAndRenewsWithACertificate() async throws {
    try await ListeningServer.with { server in
      let identity = [
        "--cert", server.certificates.path("expired.pem"), "--key", server.certificates.path("expired.key"),
      ]
      for operation in ["simpleenroll", "simplereenroll"] {
        let answer = try await enroll(server, identity, operation: operation)
        #expect(try parts(answer).head.contains(" 200"))
        let asked = try #require(server.enrolling.requests.last)
        #expect(asked.isRenewal == (operation == "simplereenroll"))
        guard case .certificate(let der, _) = asked.credential else { return #expect(Bool(false), "no certificate") }
        let sent = try server.certificates.der("expired")
        #expect(der == sent)
      }
    }
  }

  @Test func asksForCredentials() async throws {
    try await ListeningServer.with { server in
      let (head, body) = try parts(try await enroll(server, []))
      #expect(head.contains(" 401"))
      #expect(head.contains(#"www-authenticate: basic realm="touchmark""#))
      #expect(body == "this needs a device's secret or a client certificate\n")
      try expect(" 403", try await enroll(server, [], operation: "simplereenroll"))
      #expect(server.enrolling.requests.isEmpty)
    }
  }

  @Test func throttlesWrongSecretsAndNeverTheRightOne() async throws {
    try await ListeningServer.with { server in
      var codes: [String] = []
      for _ in 0..<12 {
        let head = try parts(try await enroll(server, ["-u", "SN-1:wrong"])).head
        codes.append(head.contains("retry-after: ") ? String(head.prefix(10)) : String(head.prefix(10)) + " at once")
      }
      #expect(codes == Array(repeating: "http/2 401 at once", count: 9) + Array(repeating: "http/2 429", count: 3))
      try expect(" 200", try await enroll(server, ["-u", "SN-1:\(StubEnrolling.secret)"]))
      try expect(" 401", try await enroll(server, ["-u", "SN-2:wrong"]))
    }
  }

  @Test func writesOneLineARefusalWithoutTheSecret() async throws {
    try await ListeningServer.with { server in
      _ = try await enroll(server, ["-u", "SN-1:hidden-secret"])
      let lines = server.logs.containing("refused")
      #expect(lines.count == 1)
      #expect(lines.first?.contains("code=unauthenticated") == true)
      #expect(lines.first?.contains("name=SN-1") == true)
      #expect(lines.first?.contains("detail=wrong secret") == true)
      #expect(server.logs.containing("hidden-secret").isEmpty)
      #expect(server.logs.containing(Base64.encode(Array("SN-1:hidden-secret".utf8))).isEmpty)
    }
  }

  @Test func keepsTheLogsDetailFromTheClient() async throws {
    try await ListeningServer.with { server in
      server.enrolling.refuse(Refusal(.policy, "RSA is not allowed", rule: "key-algorithm", detail: "row 17"))
      let (head, body) = try parts(try await enroll(server, ["-u", "SN-1:\(StubEnrolling.secret)"]))
      #expect(head.contains(" 400"))
      #expect(head.contains("content-type: text/plain; charset=utf-8"))
      #expect(body == "RSA is not allowed (rule key-algorithm)\n")
      #expect(server.logs.containing("detail=row 17").count == 1)
    }
  }

  @Test(arguments: [(Refusal.Code.pendingApproval, "202"), (.unavailable, "503")])
  func saysWhenToComeBack(code: Refusal.Code, status: String) async throws {
    try await ListeningServer.with { server in
      server.enrolling.refuse(Refusal(code, "later"))
      let (head, _) = try parts(try await enroll(server, ["-u", "SN-1:\(StubEnrolling.secret)"]))
      #expect(head.contains(" \(status)"))
      #expect(head.contains("retry-after: "))
    }
  }

  @Test func refusesAnUnknownLabel() async throws {
    try await ListeningServer.with { server in
      let url = server.secureURL + "/.well-known/est/nowhere/cacerts"
      let status = try await server.curl("-o", "/dev/null", "-w", "%{http_code}", url).text
      #expect(status == "404")
    }
  }

  @Test(arguments: ["fullcmc", "serverkeygen"])
  func saysWhatIsNotOffered(operation: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(
        "-w", "%{http_code}", "--data-binary", "x", server.secureURL + "/.well-known/est/" + operation)
      #expect(answer.text == "\(operation) is not offered here\n501")
    }
  }

  @Test func answersCSRAttributesWithoutABody() async throws {
    try await ListeningServer.with { server in
      for version in ["--http1.1", "--http2"] {
        let answer = try await server.curl(version, "-i", server.secureURL + "/.well-known/est/csrattrs")
        #expect(try parts(answer).head.contains(" 204"))
        #expect(!answer.text.lowercased().contains("content-length"))
      }
    }
  }

  @Test func namesTheMethod() async throws {
    try await ListeningServer.with { server in
      let (head, body) = try parts(try await server.curl("-i", server.secureURL + "/.well-known/est/simpleenroll"))
      #expect(head.contains(" 405"))
      #expect(head.contains("allow: post"))
      #expect(body == "simpleenroll is a POST\n")
    }
  }

  @Test func isNotForWebPages() async throws {
    try await ListeningServer.with { server in
      let answer = try await enroll(
        server, ["-u", "SN-1:\(StubEnrolling.secret)", "-H", "Origin: https://example.com"])
      #expect(try parts(answer).head.contains(" 403"))
      #expect(server.enrolling.requests.isEmpty)
    }
  }

  @Test(arguments: ["--http1.1", "--http2"])
  func boundsTheBodyByName(version: String) async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(
        version, "-i", "-u", "SN-1:\(StubEnrolling.secret)", "-H", "Content-Type: application/pkcs10", "--data-binary",
        "@-", server.secureURL + "/.well-known/est/simpleenroll", input: [UInt8](repeating: 0x41, count: 70_000))
      #expect(answer.text.contains(" 413"))
      #expect(answer.text.hasSuffix("the limit est_body_bytes of 65536 is exceeded\n"))
      #expect(server.logs.containing("est_body_bytes").count == 1)
    }
  }

  @Test func acceptsACSRThatOpenSSLMadeInChunksAndWithLineBreaks() async throws {
    try await ListeningServer.with { server in
      let wrapped = try await run("openssl", ["base64"], input: try await request(server))
      let answer = try await server.curl(
        "--http1.1", "-i", "-u", "SN-1:\(StubEnrolling.secret)", "-H", "Content-Type: application/pkcs10", "-H",
        "Transfer-Encoding: chunked", "-H", "Content-Transfer-Encoding: 7bit", "--data-binary", "@-",
        server.secureURL + "/.well-known/est/simpleenroll", input: wrapped.output)
      #expect(try parts(answer).head.contains(" 200"))
    }
  }
}

extension ESTRoutesTests {
  /// A certification request made by openssl, DER.
  private func request(_ server: ListeningServer) async throws -> [UInt8] {
    let made = try await run(
      "openssl", ["req", "-new", "-key", server.certificates.path("device.key"), "-subj", "/CN=x", "-outform", "DER"])
    return made.output
  }

  private func enroll(
    _ server: ListeningServer, _ arguments: [String], label: String = "", operation: String = "simpleenroll"
  ) async throws -> Finished {
    let body = Array(Base64.encode(try await request(server)).utf8)
    return try await run(
      "curl",
      ["-sS", "-i", "--cacert", server.certificates.path("root.pem"), "-H", "Content-Type: application/pkcs10"]
        + arguments + ["--data-binary", "@-", "\(server.secureURL)/.well-known/est/\(label)\(operation)"], input: body)
  }

  private func expect(_ status: String, _ answer: Finished) throws {
    let head = try parts(answer).head
    #expect(head.contains(status))
  }

  /// The last answer's head, in lower case, and its body.
  private func parts(_ answer: Finished) throws -> (head: String, body: String) {
    try #require(answer.status == 0, "\(answer.errors)")
    let pieces = answer.text.components(separatedBy: "\r\n\r\n")
    try #require(pieces.count >= 2)
    return (pieces[pieces.count - 2].lowercased(), pieces[pieces.count - 1])
  }
}

import Foundation
import TestKit
import Testing

@Suite struct HTTPTests {
  @Test(arguments: ["", "Connection: keep-alive\r\n"])
  func answersHTTP10AndCloses(field: String) async throws {
    try await ListeningServer.with { server in
      let received = try await talk(server, "GET /healthz HTTP/1.0\r\n\(field)\r\n", seconds: 20)
      #expect(received.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(received.text.contains("Connection: close\r\n"))
      #expect(received.text.hasSuffix("\r\n\r\nok\n"))
      #expect(received.isClosed)
    }
  }

  @Test func sendsHTTP10NoChunks() async throws {
    try await ListeningServer.with { server in
      let received = try await talk(server, "GET /stream HTTP/1.0\r\n\r\n", seconds: 20)
      #expect(!received.text.lowercased().contains("transfer-encoding"))
      #expect(received.text.hasSuffix("\r\n\r\none two\n"))
      #expect(received.isClosed)
    }
  }

  @Test func answersHTTP10OverTLSAndCloses() async throws {
    try await ListeningServer.with { server in
      let request = Array("GET /healthz HTTP/1.0\r\n\r\n".utf8)
      let answer = try await run(
        "openssl",
        [
          "s_client", "-connect", "localhost:\(server.https)", "-CAfile", server.certificates.path("root.pem"),
          "-quiet",
          "-no_ign_eof",
        ], input: request)
      let curl = try await server.curl("--http1.0", "--max-time", "20", server.secureURL + "/healthz")
      #expect(answer.text.isEmpty || answer.text.hasSuffix("ok\n"))
      #expect(curl.text == "ok\n")
      #expect(curl.status == 0)
    }
  }

  @Test func keepsAConnectionForSeveralRequests() async throws {
    try await ListeningServer.with { server in
      let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        return (0..<3).map { _ in
          client.send(request)
          return client.receive(seconds: 20, until: "ok\n")
        }
      }
      #expect(received.allSatisfy { $0.text.hasPrefix("HTTP/1.1 200 OK") && !$0.isClosed })
    }
  }

  @Test func answersPipelinedRequestsInTheirOrder() async throws {
    try await ListeningServer.with { server in
      let requests = ["/stream", "/healthz", "/stream"].map { "GET \($0) HTTP/1.1\r\nHost: localhost\r\n" }
      let received = try await talk(
        server, requests.joined(separator: "\r\n") + "Connection: close\r\n\r\n", seconds: 20)
      let statuses = received.text.components(separatedBy: "HTTP/1.1 200 OK")
      try #require(statuses.count == 4)
      #expect(statuses[1].contains("one ") && statuses[2].contains("ok\n") && statuses[3].contains("two\n"))
      #expect(received.isClosed)
    }
  }

  /// RFC 9110 §9.3.2: nothing follows the header of an answer to HEAD, whatever a route wrote, so that the next answer on
  /// the connection begins where the client looks for it.
  @Test(arguments: ["/healthz", "/nothing", "/.well-known/est/simpleenroll"])
  func saysNothingBehindTheHeaderToHEAD(path: String) async throws {
    try await ListeningServer.with { server in
      let requests =
        "HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      let plain = try await talk(server, requests, seconds: 20).text
      let secure = try await run(
        "openssl",
        [
          "s_client", "-connect", "localhost:\(server.https)", "-CAfile", server.certificates.path("root.pem"),
          "-quiet",
        ], input: Array(requests.utf8)
      ).text
      for text in [plain, secure] {
        let answers = text.components(separatedBy: "\r\n\r\n")
        try #require(answers.count == 3, "\(text)")
        #expect(answers[1].hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
        #expect(answers[2] == "ok\n", "\(text)")
      }
    }
  }

  @Test(arguments: ["close", "Close", "CLOSE", "keep-alive, close"])
  func closesWhenAsked(word: String) async throws {
    try await ListeningServer.with { server in
      let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: \(word)\r\n\r\n"
      let received = try await talk(server, request + request, seconds: 20)
      #expect(received.text.components(separatedBy: "HTTP/1.1 200 OK").count == 2)
      #expect(received.isClosed)
    }
  }

  @Test func readsChunkedBodies() async throws {
    try await ListeningServer.with { server in
      for version in ["--http1.1", "--http2"] {
        let answer = try await server.curl(
          version, "-H", "Transfer-Encoding: chunked", "--data-binary", "@-", server.secureURL + "/echo",
          input: Array("in pieces".utf8))
        #expect(answer.text == "in pieces")
      }
    }
  }

  @Test func saysContinueAtOnce() async throws {
    try await ListeningServer.with { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        let first = client.receive(seconds: 20, until: "\r\n\r\n").text
        client.send("hello")
        return first + client.receive(seconds: 20, until: "hello").text
      }
      #expect(received.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
    }
  }

  @Test func takesALargeBodyFromCurlWhichExpectsContinue() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.restBodyBytes = 4_000_000
    } _: { server in
      let answer = try await server.curl(
        "--http1.1", "-v", "--data-binary", "@-", server.secureURL + "/echo", "-o", "/dev/null", "-w",
        "%{size_download}",
        input: [UInt8](repeating: 0x61, count: 2_000_000))
      #expect(answer.text == "2000000")
      #expect(answer.errors.contains("100 Continue"))
    }
  }

  @Test func doesNotInviteABodyThatNoRouteTakes() async throws {
    try await ListeningServer.with { server in
      let request =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"
      let received = try await talk(server, request, seconds: 20)
      #expect(received.text.hasPrefix("HTTP/1.1 413 "))
      #expect(received.text.contains("rest_body_bytes"))
      #expect(received.isClosed)
    }
  }

  @Test(
    arguments: [
      "nonsense\r\n\r\n", "GET /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET\u{0} / HTTP/1.1\r\n\r\n",
      "POST /echo HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
  func answersWhatIsNotHTTPAndCloses(request: String) async throws {
    try await ListeningServer.with { server in
      let received = try await talk(server, request, seconds: 20)
      #expect(received.text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(received.isClosed)
      #expect(try await server.curl(server.plainURL + "/healthz").text == "ok\n")
    }
  }

  @Test func saysInAProblemThatThereIsNothing() async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl("-i", server.secureURL + "/nothing")
      #expect(answer.text.hasPrefix("HTTP/2 404"))
      #expect(answer.text.contains("application/problem+json"))
      #expect(answer.text.contains(#""code":"not_found""#))
    }
  }

  @Test func tellsAnInternalFailureToTheLogAlone() async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl("-i", server.secureURL + "/broken")
      #expect(answer.text.hasPrefix("HTTP/2 500"))
      #expect(!answer.text.contains("Broken"))
      #expect(server.logs.containing("error=Broken()").count == 1)
    }
  }

  @Test func saysWhetherItIsReady() async throws {
    try await ListeningServer.with(ready: "the store is away") { server in
      let ready = try await server.curl("-w", "%{http_code}", server.plainURL + "/readyz")
      let healthy = try await server.curl("-w", "%{http_code}", server.plainURL + "/healthz")
      #expect(ready.text == "the store is away\n503")
      #expect(healthy.text == "ok\n200")
    }
  }

  @Test func finishesWhatIsUnderWayWhenItStops() async throws {
    try await ListeningServer.with { server in
      async let answer = server.curl("--http1.1", server.secureURL + "/slow")
      async let other = server.curl("--http2", server.secureURL + "/slow")
      while server.logs.containing("slow began").count < 2 { try await Task.sleep(for: .milliseconds(10)) }
      await server.group.triggerGracefulShutdown()
      let texts = try await [answer.text, other.text]
      #expect(texts == ["finished\n", "finished\n"])
    }
  }

  @Test func doesNotOfferEnrollmentOnThePlainPort() async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(
        "-o", "/dev/null", "-w", "%{http_code}", "-d", "x", server.plainURL + "/.well-known/est/simpleenroll")
      #expect(answer.text == "404")
    }
  }

  private func talk(_ server: ListeningServer, _ request: String, seconds: Double) async throws -> RawClient.Received {
    try await offloading { [port = server.http] in
      let client = try RawClient(port: port)
      client.send(request)
      return client.receive(seconds: seconds)
    }
  }
}

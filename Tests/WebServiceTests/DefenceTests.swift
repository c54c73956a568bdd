import Foundation
import TestKit
import Testing
import WebService

@Suite struct DefenceTests {
  @Test func boundsHeaderFields() async throws {
    try await ListeningServer.with { server in
      let field = "X-Long: " + String(repeating: "a", count: 20_000)
      let received = try await talk(server.http, "GET /healthz HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n", seconds: 20)
      #expect(received.text.hasPrefix("HTTP/1.1 431 "))
      #expect(received.text.hasSuffix("the limit header_bytes of 16384 is exceeded\n"))
      #expect(received.isClosed)
      #expect(server.logs.containing("bound=header_bytes").count == 1)
    }
  }

  @Test func boundsTheNumberOfHeaderFields() async throws {
    try await ListeningServer.with { server in
      let fields = (0..<101).map { "X-\($0): a\r\n" }.joined()
      let received = try await talk(server.http, "GET /healthz HTTP/1.1\r\n\(fields)\r\n", seconds: 20)
      #expect(received.text.hasPrefix("HTTP/1.1 431 "))
      #expect(received.isClosed)
    }
  }

  @Test func boundsTheRequestLine() async throws {
    try await ListeningServer.with { server in
      let received = try await talk(server.http, "GET /" + String(repeating: "a", count: 40_000), seconds: 20)
      #expect(received.text.hasPrefix("HTTP/1.1 431 "))
      #expect(received.isClosed)
    }
  }

  @Test func boundsHeadersOfHTTP2() async throws {
    try await ListeningServer.with { server in
      let answer = try await server.curl(
        "--http2", "-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Long: " + String(repeating: "a", count: 60_000),
        server.secureURL + "/healthz")
      #expect(answer.text != "200")
      #expect(try await server.curl(server.secureURL + "/healthz").text == "ok\n")
    }
  }

  @Test func cutsASlowHeader() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.headerSeconds = 1
    } _: { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("GET /healthz HTTP/1.1\r\n")
        for _ in 0..<8 {
          Thread.sleep(forTimeInterval: 0.3)
          guard client.send("X: a\r\n") else { break }
        }
        return client.receive(seconds: 20)
      }
      #expect(received.text.hasPrefix("HTTP/1.1 408 "))
      #expect(received.text.contains("header_seconds"))
      #expect(received.isClosed)
    }
  }

  @Test func cutsASlowBody() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.bodySeconds = 1
    } _: { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        let start = Date()
        while Date().timeIntervalSince(start) < 60 {
          guard client.send("a") else { break }
          Thread.sleep(forTimeInterval: 0.1)
        }
        return (Date().timeIntervalSince(start), client.receive(seconds: 20).isClosed)
      }
      #expect(received.0 < 50)
      #expect(received.1)
      #expect(!server.logs.containing("bound=body_seconds").isEmpty)
    }
  }

  /// One burst earns a thousand seconds at the pace; the bound of the whole body ends them.
  @Test func cutsABodyThatStallsAfterABurst() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.bodySeconds = 1
      configuration.bounds.bodyTotalSeconds = 2
    } _: { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\n")
        client.send([UInt8](repeating: 0x61, count: 500_000))
        return client.receive(seconds: 20)
      }
      #expect(received.isClosed)
      #expect(!server.logs.containing("bound=body_total_seconds").isEmpty)
    }
  }

  /// Past the bound of other requests' bodies only an import is read, and it has the pace alone.
  @Test func letsALongBodyTakeItsTime() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.bodySeconds = 1
      configuration.bounds.bodyTotalSeconds = 1
      configuration.bounds.restBodyBytes = 1000
    } _: { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /gather HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\nConnection: close\r\n\r\n")
        for _ in 0..<2 {
          client.send(String(repeating: "a", count: 20_000))
          Thread.sleep(forTimeInterval: 2)
        }
        return client.receive(seconds: 20).text
      }
      #expect(received.hasPrefix("HTTP/1.1 200 OK"))
    }
  }

  /// The same body is let be at a pace of ten octets a second and cut at one of a thousand.
  @Test(arguments: [10, 1000]) func aBodyEarnsTimeAtTheConfiguredPace(pace: Int) async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.bodySeconds = 1
      configuration.bounds.bodyBytesPerSecond = pace
    } _: { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nConnection: close\r\n\r\n")
        client.send(String(repeating: "a", count: 1000))
        Thread.sleep(forTimeInterval: 3.5)
        client.send("a")
        return client.receive(seconds: 20).text
      }
      #expect(received.hasPrefix("HTTP/1.1 200 OK") == (pace == 10))
      #expect(server.logs.containing("bound=body_seconds").isEmpty == (pace == 10))
    }
  }

  @Test func letsABodyBeThatKeepsItsPace() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.bodySeconds = 1
    } _: { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\nConnection: close\r\n\r\n")
        for _ in 0..<8 {
          client.send(String(repeating: "a", count: 5000))
          Thread.sleep(forTimeInterval: 0.25)
        }
        return client.receive(seconds: 20).text
      }
      #expect(received.hasPrefix("HTTP/1.1 200 OK"))
    }
  }

  @Test(arguments: ["Content-Length: 2000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1e8480\r\n"])
  func boundsABody(framing: String) async throws {
    try await ListeningServer.with { server in
      let received = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + framing)
        client.send([UInt8](repeating: 0x61, count: 1_100_000))
        return client.receive(seconds: 20)
      }
      #expect(received.text.hasPrefix("HTTP/1.1 413 "))
      #expect(received.text.contains("the limit rest_body_bytes of 1048576 is exceeded"))
      #expect(received.isClosed)
    }
  }

  @Test func endsAClientThatNeverStopsSending() async throws {
    try await ListeningServer.with { server in
      let (sent, isClosed) = try await offloading { [port = server.http] in
        let client = try RawClient(port: port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n"
        let start = Date()
        var sent = 0
        while Date().timeIntervalSince(start) < 60, client.send(chunk) { sent += 65_536 }
        return (sent, Date().timeIntervalSince(start) < 50)
      }
      #expect(isClosed, "\(sent) octets were taken")
    }
  }

  @Test func boundsConnectionsFromOneAddress() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.connectionsPerAddress = 3
    } _: { server in
      let (refused, afterwards) = try await offloading { [port = server.http] in
        var open = try (0..<3).map { _ in try RawClient(port: port) }
        for client in open {
          client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
          _ = client.receive(seconds: 20, until: "ok\n")
        }
        let refused = try RawClient(port: port).receive(seconds: 20)
        open.removeAll()
        // The server learns of each end a moment later.
        for _ in 0..<200 {
          let next = try RawClient(port: port)
          next.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
          let answer = next.receive(seconds: 20, until: "ok\n").text
          if !answer.isEmpty { return (refused, answer) }
          Thread.sleep(forTimeInterval: 0.1)
        }
        return (refused, "")
      }
      #expect(refused.isClosed)
      #expect(refused.text.isEmpty)
      #expect(afterwards.hasSuffix("ok\n"))
      #expect(!server.logs.containing("bound=connections_per_address limit=3").isEmpty)
    }
  }

  @Test func boundsAllConnections() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.connections = 2
    } _: { server in
      let refused = try await offloading { [port = server.http, secure = server.https] in
        let open = try (0..<2).map { _ in try RawClient(port: port) }
        for client in open {
          client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
          _ = client.receive(seconds: 20, until: "ok\n")
        }
        let refused = try [port, secure].map { try RawClient(port: $0).receive(seconds: 20).isClosed }
        return withExtendedLifetime(open) { refused }
      }
      #expect(refused == [true, true])
      #expect(!server.logs.containing("bound=connections limit=2").isEmpty)
    }
  }

  @Test func cutsAHandshakeThatDoesNotComplete() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.handshakeSeconds = 1
    } _: { server in
      let received = try await offloading { [port = server.https] in
        let client = try RawClient(port: port)
        client.send([0x16, 0x03, 0x01])
        return client.receive(seconds: 20)
      }
      #expect(received.isClosed)
      #expect(server.logs.containing("bound=handshake_seconds").count == 1)
    }
  }

  @Test func closesIdleConnections() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.idleSeconds = 1
    } _: { server in
      let silent = try await talk(server.http, "", seconds: 20)
      let afterwards = try await talk(server.http, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", seconds: 20)
      #expect(silent.isClosed)
      #expect(afterwards.isClosed)
      #expect(afterwards.text.hasSuffix("ok\n"))
    }
  }

  @Test func closesAnHTTP2ConnectionThatSaysNothing() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.idleSeconds = 1
    } _: { server in
      // The preface and an empty SETTINGS frame (RFC 9113 §3.4), and then silence.
      let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
      let start = Date()
      _ = try await run(
        "openssl", ["s_client", "-connect", "localhost:\(server.https)", "-alpn", "h2", "-quiet"], input: preface)
      #expect(Date().timeIntervalSince(start) < 30)
      #expect(server.logs.containing("bound=idle_seconds").count == 1)
    }
  }

  @Test func cutsAClientThatDoesNotReadItsAnswer() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.idleSeconds = 1
    } _: { server in
      let received = try await offloading { [port = server.http, logs = server.logs] in
        let client = try RawClient(port: port, receiveBuffer: 4096)
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in 0..<300 where logs.containing("bound=idle_seconds").isEmpty { Thread.sleep(forTimeInterval: 0.1) }
        return client.receive(seconds: 10)
      }
      #expect(received.isClosed)
      #expect(received.text.utf8.count < 60_000_000)
      #expect(server.logs.containing("bound=idle_seconds").count == 1)
    }
  }

  @Test func boundsRequestsPerSecond() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.requestsPerSecondPerAddress = 5
    } _: { server in
      let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      let requests =
        String(repeating: request, count: 30) + request.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n")
      let received = try await talk(server.http, requests, seconds: 20)
      #expect(received.text.contains("HTTP/1.1 200 OK"))
      #expect(received.text.contains("HTTP/1.1 429 Too Many Requests"))
      #expect(received.text.contains("the limit requests_per_second_per_address of 5 is exceeded"))
      #expect(received.text.contains("Retry-After: 1"))
    }
  }

  @Test func believesAListedProxy() async throws {
    try await ListeningServer.with { configuration in
      configuration.trustedProxies = ["127.0.0.1"]
    } _: { server in
      let request = "GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      let line = try await talk(server.http, "PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n" + request, seconds: 20)
      let local = try await talk(server.http, "PROXY UNKNOWN\r\n" + request, seconds: 20)
      let missing = try await talk(server.http, request, seconds: 20)
      let tls = try await server.curl("--haproxy-protocol", server.secureURL + "/peer")
      #expect(line.text.contains("address=203.0.113.9"))
      #expect(local.text.contains("address=127.0.0.1"))
      #expect(missing.isClosed)
      #expect(missing.text.isEmpty)
      #expect(tls.text.contains("address=127.0.0.1"))
    }
  }

  @Test func believesNobodyElse() async throws {
    try await ListeningServer.with { server in
      let request = "PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\nGET /peer HTTP/1.1\r\nHost: a\r\n\r\n"
      let received = try await talk(server.http, request, seconds: 20)
      let header = try await server.curl("-H", "X-Forwarded-For: 203.0.113.9", server.secureURL + "/peer")
      #expect(received.text.hasPrefix("HTTP/1.1 400 "))
      #expect(header.text.contains("address=127.0.0.1"))
    }
  }

  private func talk(_ port: Int, _ request: String, seconds: Double) async throws -> RawClient.Received {
    try await offloading {
      let client = try RawClient(port: port)
      client.send(request)
      return client.receive(seconds: seconds)
    }
  }
}

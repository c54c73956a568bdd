import Foundation
import TestKit
import Testing
import WebService

/// HTTP/2 streams are held to the bounds that HTTP/1 has, and their number to its own.
@Suite struct StreamBoundTests {
  /// The preface, an empty SETTINGS frame, and so many requests for a path at once (RFC 9113 §3.4, RFC 7541 §6).
  private static func requests(_ count: Int, path: String) -> [UInt8] {
    let authority = Array("localhost".utf8)
    var fields: [UInt8] = [0x82, 0x87, 0x04, UInt8(path.utf8.count)]
    fields += Array(path.utf8) + [0x01, UInt8(authority.count)] + authority
    var frames: [UInt8] = []
    for number in 0..<count {
      // HEADERS with END_STREAM and END_HEADERS.
      frames += [0, 0, UInt8(fields.count), 1, 5, 0, 0, 0, UInt8(2 * number + 1)] + fields
    }
    return Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + frames
  }

  private func talk(_ server: ListeningServer, _ octets: [UInt8]) async throws -> Finished {
    try await run(
      "openssl", ["s_client", "-connect", "localhost:\(server.https)", "-alpn", "h2", "-quiet"], input: octets)
  }

  @Test func aStreamTooManyIsAnsweredWithTheBoundsName() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.http2Streams = 2
      configuration.bounds.idleSeconds = 2
    } _: { server in
      let answer = try await talk(server, Self.requests(5, path: "/slow"))
      #expect(answer.text.split(separator: "the limit http2_streams of 2 is exceeded\n").count == 4)
      #expect(answer.text.split(separator: "finished\n").count == 3)
      #expect(!server.logs.containing("bound=http2_streams").isEmpty)
    }
  }

  @Test func aStreamThatEndedMakesRoom() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.http2Streams = 1
    } _: { server in
      let urls = (0..<5).map { _ in server.secureURL + "/healthz" }
      let answer = try await run(
        "curl", ["-sS", "--http2", "--cacert", server.certificates.path("root.pem")] + urls)
      #expect(answer.text == String(repeating: "ok\n", count: 5))
    }
  }

  @Test func theNumberIsAnnounced() async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.http2Streams = 7
      configuration.bounds.idleSeconds = 1
    } _: { server in
      let answer = try await talk(server, Self.requests(1, path: "/healthz"))
      let announced = stride(from: 0, to: max(0, answer.output.count - 6), by: 1).contains {
        Array(answer.output[$0..<$0 + 6]) == [0, 3, 0, 0, 0, 7]
      }
      #expect(answer.output.prefix(4).last == 4 && announced)
    }
  }

  @Test(
    arguments: [
      ("header_bytes", ["X-Long: " + String(repeating: "a", count: 3000)]),
      ("header_fields", (0..<40).map { "X\($0): a" }),
    ], ["--http1.1", "--http2"])
  func headersHaveTheirBoundsInBothVersions(_ bound: (name: String, fields: [String]), _ version: String) async throws {
    try await ListeningServer.with { configuration in
      configuration.bounds.headerBytes = 2000
      configuration.bounds.headerFields = 30
    } _: { server in
      let answer = try await run(
        "curl",
        ["-sS", version, "--cacert", server.certificates.path("root.pem"), "-w", "%{http_code}"]
          + bound.fields.flatMap { ["-H", $0] } + [server.secureURL + "/healthz"])
      let limit = bound.name == "header_bytes" ? 2000 : 30
      #expect(answer.text == "the limit \(bound.name) of \(limit) is exceeded\n431")
      #expect(server.logs.containing("bound=\(bound.name)").count == 1)
    }
  }
}

import Enrollment
import Registry
import TestKit
import Testing
import WebService
import WireFormats

/// How the names of orders are found: RFC 8555 §8.3, §8.4, over RFC 1035 and RFC 7766.
@Suite struct ChallengeResolvingTests {
  private func with(
    _ zone: StubNameServer.Zone, truncates: Bool = false, allow: [String] = ["127.0.0.0/8", "::1"], port: Int = 1,
    _ body: (ChallengeClient) async throws -> Void
  ) async throws {
    let server = try await StubNameServer.start(zone, truncates: truncates)
    let client = try #require(
      ChallengeClient(
        allowed: AllowedNetworks(allow.compactMap { AllowedNetworks.Network($0) }), httpPort: port, tlsPort: port,
        dnsServer: "127.0.0.1:\(server.port)", timeout: .seconds(20)))
    try await body(client)
    try await server.stop()
  }

  private static let (a, txt, aaaa): (UInt16, UInt16, UInt16) = (1, 16, 28)
  private static let six = [UInt8](repeating: 0, count: 15) + [1]

  /// More than a datagram holds, as where many orders are under way for one name.
  @Test func whatIsCutOffIsAskedForByTCP() async throws {
    let texts = (0..<40).map { "token-\($0)-" + String(repeating: "x", count: 30) }
    let zone: StubNameServer.Zone = [Self.txt: texts.map { [UInt8($0.utf8.count)] + Array($0.utf8) }]
    try await with(zone, truncates: true) { client in
      let found = try await client.texts(of: "_acme-challenge.a.example")
      #expect(found == texts)
    }
    // What fits is not asked for twice.
    try await with([Self.txt: [[2, 0x61, 0x62]]]) { client in
      let found = try await client.texts(of: "_acme-challenge.a.example")
      #expect(found == ["ab"])
    }
  }

  /// Nobody listens at the first three: each is tried, and the last answers.
  @Test func everyAddressIsTried() async throws {
    let receiver = Receiver(.text(200, "here"))
    defer { receiver.close() }
    let zone: StubNameServer.Zone = [
      Self.a: [[127, 0, 0, 3], [127, 0, 0, 4], [127, 0, 0, 1]], Self.aaaa: [Self.six],
    ]
    try await with(zone, port: receiver.port) { client in
      let content = try await client.content(of: "/token", at: ACMEIdentifier(.dns, "a.example"))
      #expect(content == Array("here".utf8))
    }
    // IPv6 on paper alone does not keep a host out either.
    try await with([Self.aaaa: [Self.six], Self.a: [[127, 0, 0, 1]]], port: receiver.port) { client in
      let found = try await client.content(of: "/token", at: ACMEIdentifier(.dns, "a.example"))
      #expect(found == Array("here".utf8))
    }
    #expect(receiver.requests.count == 2)
  }

  /// An answer is an answer: another address is not asked for a better one.
  @Test func aWrongAnswerEndsIt() async throws {
    let receiver = Receiver(.text(404, "no"))
    defer { receiver.close() }
    try await with([Self.a: [[127, 0, 0, 1], [127, 0, 0, 1]]], port: receiver.port) { client in
      await #expect {
        try await client.content(of: "/token", at: ACMEIdentifier(.dns, "a.example"))
      } throws: {
        ($0 as? ACMEProblem)?.kind == .incorrectResponse
      }
    }
    #expect(receiver.requests.count == 1)
  }

  @Test func onlyWhatIsAllowedIsTried() async throws {
    let receiver = Receiver(.text(200, "here"))
    defer { receiver.close() }
    let zone: StubNameServer.Zone = [Self.a: [[10, 0, 0, 1], [127, 0, 0, 1]]]
    try await with(zone, allow: ["127.0.0.1"], port: receiver.port) { client in
      let found = try await client.content(of: "/token", at: ACMEIdentifier(.dns, "a.example"))
      #expect(found == Array("here".utf8))
    }
    try await with(zone, allow: ["192.0.2.0/24"], port: receiver.port) { client in
      await #expect(throws: ACMEProblem.self) {
        try await client.content(of: "/token", at: ACMEIdentifier(.dns, "a.example"))
      }
    }
    #expect(receiver.requests.count == 1)
  }

  /// The system's resolver, with a name that every machine has.
  @Test func theSystemsResolverIsAskedWhereNoServerIsNamed() async throws {
    let receiver = Receiver(.text(200, "here"))
    defer { receiver.close() }
    let client = try #require(
      ChallengeClient(
        allowed: AllowedNetworks(["127.0.0.0/8", "::1"].compactMap { AllowedNetworks.Network($0) }),
        httpPort: receiver.port, timeout: .seconds(20)))
    let content = try await client.content(of: "/token", at: ACMEIdentifier(.dns, "localhost"))
    #expect(content == Array("here".utf8))
  }
}

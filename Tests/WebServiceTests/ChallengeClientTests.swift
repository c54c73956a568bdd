import Enrollment
import Registry
import TestKit
import Testing
import WebService
import WireFormats

/// Where validations connect to, and what they take from there.
@Suite struct ChallengeClientTests {
  private func client(_ receiver: Receiver, allow: [String] = ["127.0.0.0/8"]) throws -> ChallengeClient {
    try #require(
      ChallengeClient(
        allowed: AllowedNetworks(allow.compactMap { AllowedNetworks.Network($0) }), httpPort: receiver.port,
        tlsPort: receiver.port, dnsServer: "127.0.0.1:1", timeout: .seconds(2)))
  }

  private let host = ACMEIdentifier(.ip, "127.0.0.1")

  @Test func readsTheBeginningOfAnAnswer() async throws {
    let receiver = Receiver(.text(200, String(repeating: "x", count: 100_000)))
    defer { receiver.close() }
    let content = try await client(receiver).content(of: "/.well-known/acme-challenge/abc", at: host)
    #expect(content == [UInt8](repeating: UInt8(ascii: "x"), count: 4096))
    #expect(receiver.requests.first?.path == "/.well-known/acme-challenge/abc")
    #expect(receiver.requests.first?.headers["host"] == "127.0.0.1:\(receiver.port)")
  }

  @Test func followsNoRedirect() async throws {
    let receiver = Receiver(
      .raw(Array("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n".utf8)))
    defer { receiver.close() }
    await #expect {
      try await client(receiver).content(of: "/", at: host)
    } throws: {
      ($0 as? ACMEProblem)?.kind == .incorrectResponse
    }
    #expect(receiver.requests.count == 1)
  }

  @Test func connectsToNothingThatIsNotAllowed() async throws {
    let receiver = Receiver(.text(200, "secret"))
    defer { receiver.close() }
    for allow in [[], ["10.0.0.0/8"], ["127.0.0.2"]] {
      await #expect {
        try await client(receiver, allow: allow).content(of: "/", at: host)
      } throws: {
        ($0 as? ACMEProblem)?.kind == .connection
      }
      await #expect(throws: ACMEProblem.self) {
        try await client(receiver, allow: allow).certificate(of: host, serverName: "1.0.0.127.in-addr.arpa")
      }
    }
    #expect(receiver.requests.isEmpty)
  }

  @Test(arguments: [Receiver.Answer.silence, .drip, .raw(Array("no HTTP\r\n\r\n".utf8))])
  func endsWhateverAHostDoes(answer: Receiver.Answer) async throws {
    let receiver = Receiver(answer)
    defer { receiver.close() }
    await #expect {
      try await client(receiver).content(of: "/", at: host)
    } throws: {
      ($0 as? ACMEProblem)?.kind == .connection
    }
    await #expect {
      try await client(receiver).certificate(of: host, serverName: "a.example")
    } throws: {
      ($0 as? ACMEProblem)?.kind == .tls
    }
  }

  @Test func saysWhenNamesCannotBeAsked() async throws {
    let receiver = Receiver()
    defer { receiver.close() }
    await #expect {
      try await client(receiver).texts(of: "_acme-challenge.a.example")
    } throws: {
      ($0 as? ACMEProblem)?.kind == .dns
    }
    #expect(ChallengeClient(allowed: AllowedNetworks([]), dnsServer: "nobody") == nil)
  }
}

@Suite struct AllowedNetworksTests {
  @Test(
    arguments: [
      ("10.0.0.0/8", [10, 1, 2, 3], true), ("10.0.0.0/8", [11, 1, 2, 3], false), ("10.0.0.1", [10, 0, 0, 1], true),
      ("10.0.0.1", [10, 0, 0, 2], false), ("10.0.0.128/25", [10, 0, 0, 129], true),
      ("10.0.0.128/25", [10, 0, 0, 127], false),
      ("0.0.0.0/0", [127, 0, 0, 1], true),
      ("2001:db8::/32", [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 9, count: 12), true),
      ("2001:db8::/32", [10, 0, 0, 1], false),
      // RFC 4291 §2.5.5.2: the same machine by another spelling.
      ("10.0.0.0/8", [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1], true),
      ("::/0", [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1], false),
    ] as [(String, [UInt8], Bool)])
  func contain(network: String, address: [UInt8], contained: Bool) throws {
    #expect(AllowedNetworks([try #require(AllowedNetworks.Network(network))]).contain(address) == contained)
  }

  @Test(arguments: ["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "a.example", "::1/129"])
  func networksOfOneSpelling(text: String) { #expect(AllowedNetworks.Network(text) == nil) }
}

@Suite struct DNSMessageTests {
  private static let query = DNSMessage.query("_acme-challenge.a.example", .txt, identifier: 0x1234) ?? []

  private static func answer(
    _ records: [(UInt16, [UInt8])], flags: [UInt8] = [0x81, 0x80], identifier: [UInt8] = [0x12, 0x34]
  ) -> [UInt8] {
    var message: [UInt8] = identifier + flags + [0, 1, 0, UInt8(records.count), 0, 0, 0, 0] + query.dropFirst(12)
    for (type, data) in records {
      message += [0xC0, 0x0C, UInt8(type >> 8), UInt8(type & 0xFF), 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
    }
    return message
  }

  @Test func readsTexts() throws {
    let data: [UInt8] = [3] + Array("abc".utf8) + [2] + Array("de".utf8)
    let message = try DNSMessage(parsing: Self.answer([(5, [0]), (16, data)]), to: Self.query, .txt)
    #expect(message.records.compactMap(DNSMessage.text) == ["abcde"])
    #expect(DNSMessage.text([9, 1]) == nil)
  }

  @Test func takesAnswersToItsOwnQuestionAlone() {
    #expect(throws: DNSMessage.Failure.malformed) {
      try DNSMessage(parsing: Self.answer([], identifier: [0, 1]), to: Self.query, .txt)
    }
    #expect(throws: DNSMessage.Failure.malformed) { try DNSMessage(parsing: Self.query, to: Self.query, .txt) }
    #expect(throws: DNSMessage.Failure.code(3)) {
      try DNSMessage(parsing: Self.answer([], flags: [0x81, 0x83]), to: Self.query, .txt)
    }
    #expect(DNSMessage.query("a..b", .txt, identifier: 1) == nil)
  }

  @Test func survivesWhatIsDamaged() {
    for damaged in Mutations(of: Self.answer([(16, [1, 65]), (5, [0])]), count: 5000) {
      _ = try? DNSMessage(parsing: damaged, to: Self.query, .txt)
    }
  }
}

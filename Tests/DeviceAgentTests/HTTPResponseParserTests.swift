import DeviceAgent
import TestKit
import Testing

@Suite struct HTTPResponseParserTests {
  private static let whole =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate:  Sun, 06 Nov 1994 08:49:37 GMT \r\n\r\nhello"
  private static let chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n"

  /// However the network cuts it, the answer is the same.
  @Test(arguments: [whole, chunked, "HTTP/1.1 103 Early\r\nLink: a\r\n\r\n" + whole])
  func isReadInAnyParts(_ text: String) throws {
    let octets = Array(text.utf8)
    for cut in 1..<octets.count {
      var parser = HTTPResponseParser(longestBody: 5)
      #expect(try parser.read(octets[..<cut]) == nil)
      let response = try #require(try parser.read(octets[cut...]))
      #expect(response.status == 200 && response.body == Array("hello".utf8) && response.keepsAlive)
    }
    var parser = HTTPResponseParser(longestBody: 5)
    var response: HTTPResponse?
    for octet in octets { response = try parser.read([octet]) }
    #expect(response?.body == Array("hello".utf8))
  }

  @Test func aFieldIsFoundInLowerCase() throws {
    var parser = HTTPResponseParser(longestBody: 5)
    let response = try #require(try parser.read(Array(Self.whole.utf8)))
    #expect(response.field("date") == "Sun, 06 Nov 1994 08:49:37 GMT")
  }

  @Test func aBodyWithoutLengthEndsWithTheConnection() throws {
    var parser = HTTPResponseParser(longestBody: 5)
    #expect(try parser.read(Array("HTTP/1.0 200 OK\r\n\r\nhel".utf8)) == nil)
    #expect(try parser.read(Array("lo".utf8)) == nil)
    let response = try parser.end()
    #expect(response.body == Array("hello".utf8) && !response.keepsAlive)
  }

  @Test(arguments: ["HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 304 Not\r\nContent-Length: 9\r\n\r\n"])
  func someHaveNoBody(_ text: String) throws {
    var parser = HTTPResponseParser(longestBody: 5)
    #expect(try parser.read(Array(text.utf8))?.body == [])
  }

  @Test func whatClosesIsNotUsedAgain() throws {
    var parser = HTTPResponseParser(longestBody: 5)
    let text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    #expect(try parser.read(Array(text.utf8))?.keepsAlive == false)
    var greedy = HTTPResponseParser(longestBody: 5)
    #expect(try greedy.read(Array((Self.whole + "HTTP/1.1").utf8))?.keepsAlive == false)
  }

  @Test(arguments: [
    "HTTP/2 200\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
    "HTTP/1.1 200 OK\r\n folded: a\r\n\r\n", "HTTP/1.1 200 OK\r\nName : a\r\n\r\n", "HTTP/1.1 200 OK\r\n: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naa\r\n", "HTTP/1.1 200 OK\r\n\r\n123456",
  ])
  func refuses(_ text: String) {
    var parser = HTTPResponseParser(longestBody: 5)
    #expect(throws: HTTPResponseError.self) { try parser.read(Array(text.utf8)) }
  }

  @Test func boundsTheHead() {
    var parser = HTTPResponseParser(longestBody: 5)
    let fields = (0..<200).map { "Field-\($0): value\r\n" }.joined()
    #expect(throws: HTTPResponseError.self) { try parser.read(Array("HTTP/1.1 200 OK\r\n\(fields)\r\n".utf8)) }
    var endless = HTTPResponseParser(longestBody: 5)
    #expect(throws: HTTPResponseError.self) {
      try endless.read(Array("HTTP/1.1 200 OK\r\nA: ".utf8) + [UInt8](repeating: 0x61, count: 20_000))
    }
  }

  @Test func damageNeverTraps() {
    var random = SeededRandom(seed: 11)
    for text in [Self.whole, Self.chunked] {
      for _ in 0..<5_000 {
        var octets = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        var parser = HTTPResponseParser(longestBody: 64)
        let response = try? parser.read(octets)
        #expect((response?.body.count ?? 0) <= 64)
        _ = try? parser.end()
      }
    }
  }
}

import Testing
import WebService

@Suite struct ProxyHeaderTests {
  private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
  private static let four: [UInt8] = signature + [0x21, 0x11, 0, 12, 203, 0, 113, 9, 127, 0, 0, 1, 0x12, 0x67, 0, 80]

  @Test(
    arguments: [
      ("PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n", "203.0.113.9"),
      ("PROXY TCP6 2001:DB8::0:9 ::1 4711 80\r\n", "2001:db8::9"),
      ("PROXY UNKNOWN\r\n", nil), ("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", nil),
    ] as [(String, String?)])
  func readsALine(line: String, address: String?) {
    #expect(ProxyHeader.parse(Array((line + "GET /").utf8)) == .header(address: address, length: line.utf8.count))
  }

  @Test func readsABlock() {
    let six = Self.signature + [0x21, 0x21, 0, 36] + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 32)
    let local = Self.signature + [0x20, 0x00, 0, 0]
    #expect(ProxyHeader.parse(Self.four + [1, 2]) == .header(address: "203.0.113.9", length: 28))
    #expect(ProxyHeader.parse(six) == .header(address: "2001:db8::", length: 52))
    #expect(ProxyHeader.parse(local) == .header(address: nil, length: 16))
  }

  @Test func waitsForWhatIsMissing() {
    for count in 0..<Self.four.count { #expect(ProxyHeader.parse(Array(Self.four.prefix(count))) == .incomplete) }
    let line = Array("PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n".utf8)
    for count in 0..<line.count { #expect(ProxyHeader.parse(Array(line.prefix(count))) == .incomplete) }
  }

  @Test(
    arguments: [
      "GET / HTTP/1.1\r\n", "PROXY TCP4 2001:db8::9 ::1 4711 80\r\n", "PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\n",
      "PROXY TCP4 203.0.113.9 127.0.0.1 99999 80\r\n", "PROXY TCP4 name 127.0.0.1 1 80\r\n", "PROXY \r\n", "PROXY \n",
      "PROXY " + String(repeating: "a", count: 200),
    ])
  func refusesALine(line: String) {
    #expect(ProxyHeader.parse(Array(line.utf8)) == .malformed)
  }

  @Test(
    arguments: [
      [0x11, 0x11, 0, 12], [0x21, 0x11, 0, 4], [0x21, 0x31, 0, 12], [0x22, 0x11, 0, 12], [0x21, 0x11, 255, 255],
    ]
      as [[UInt8]])
  func refusesABlock(head: [UInt8]) {
    #expect(ProxyHeader.parse(Self.signature + head + [UInt8](repeating: 1, count: 12)) == .malformed)
  }
}

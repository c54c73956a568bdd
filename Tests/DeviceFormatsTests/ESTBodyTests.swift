import Credentials
import DeviceFormats
import TestKit
import Testing
import WireFormats

@Suite struct ESTBodyTests {
  func decode(_ text: String, capacity: Int? = nil) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0xEE, count: text.utf8.count + 4)
    return try lend(Array(text.utf8)) { view in
      let count = try buffer.withUnsafeMutableBufferPointer {
        try Base64Text.decode(view, into: $0.baseAddress, capacity: capacity ?? text.utf8.count)
      }
      return Array(buffer.prefix(count))
    }
  }

  @Test func agreesWithTheOtherBase64() throws {
    var random = SeededRandom(seed: 7)
    for count in 0..<200 {
      let bytes = random.octets(count)
      let expected = Base64.encode(bytes)
      var buffer = [UInt8](repeating: 0xEE, count: expected.utf8.count + 4)
      let written = try lend(bytes) { view in
        try buffer.withUnsafeMutableBufferPointer {
          try Base64Text.encode(view, into: $0.baseAddress, capacity: expected.utf8.count)
        }
      }
      #expect(String(decoding: buffer.prefix(written), as: UTF8.self) == expected)
      #expect(try decode(expected) == bytes)
      #expect(try decode(expected.map { "\($0)\r\n" }.joined() + " ") == bytes)
    }
  }

  @Test(arguments: ["A", "AA", "AAA", "A===", "AA=A", "AAAA=", "=", "AA==A", "AB==", "AAB=", "A-_A", "AAAA\u{0}"])
  func refusals(_ text: String) throws {
    #expect(throws: FormatError.badBase64) { _ = try decode(text) }
  }

  @Test func room() throws {
    for capacity in 0..<6 { #expect(throws: FormatError.noRoom) { _ = try decode("AAAAAAAA", capacity: capacity) } }
    #expect(try decode("AAAAAAAA", capacity: 6) == [0, 0, 0, 0, 0, 0])
    #expect(throws: FormatError.noRoom) { _ = try decode("AAA=", capacity: 1) }
  }

  @Test func certificatesOnly() throws {
    let authority = try SmallAuthority()
    let wanted = [try authority.issue("a").encoded, authority.certificate.encoded]
    for certificates in [wanted, []] {
      try lend(CertificatesOnly.encode(certificates)) { bytes in
        var cursor = CertificateCursor(try CertificatesOnlyView(parsing: bytes).certificates)
        var found: [[UInt8]] = []
        while let next = cursor.next() { found.append(next.octets) }
        #expect(found == certificates)
      }
    }
    lend(wanted[0]) { bytes in
      #expect(throws: FormatError.self) { _ = try CertificatesOnlyView(parsing: bytes) }
    }
    let many = CertificatesOnly.encode((0..<65).map { _ in [0x30, 0x00] })
    lend(many) { bytes in #expect(throws: FormatError.tooLong) { _ = try CertificatesOnlyView(parsing: bytes) } }
  }
}

import Credentials
import Testing
import WireFormats

@Suite struct OCSPRequestPathTests {
  /// Octets whose base64 has both a slash and a plus, and padding: `M/+/Pv8=`.
  static let bytes: [UInt8] = [0x33, 0xFF, 0xBF, 0x3E, 0xFF]

  @Test(arguments: [
    "M/+/Pv8=", "M%2F%2B%2FPv8%3D", "M%2f%2b%2fPv8%3d", "M/+/Pv8", "/M/+/Pv8=", "//M/+/Pv8=", "M/%2B/Pv8%3D",
    "M/%20/Pv8=", "%4D/+/Pv8=",
  ])
  func taken(path: String) {
    #expect(OCSPRequestPath.decode(path) == Self.bytes)
  }

  @Test(arguments: ["", "/", "%", "%2", "%zz", "M*", "M/+/Pv8=%0A", "M", "M/+/Pv8=x", "a-_b", "%00", "%C3%A9"])
  func refused(path: String) {
    #expect(OCSPRequestPath.decode(path) == nil)
  }

  @Test func longOnesAreRefused() {
    let text = Base64.encode([0x30] + [UInt8](repeating: 0xFF, count: 8191))
    let everyCharacterEncoded = text.utf8.map { "%" + Hex.encode([$0]) }.joined()
    #expect(OCSPRequestPath.decode(text)?.count == 8192)
    #expect(OCSPRequestPath.decode(everyCharacterEncoded)?.count == 8192)
    #expect(OCSPRequestPath.decode(Base64.encode([0x30] + [UInt8](repeating: 0xFF, count: 8192))) == nil)
    #expect(OCSPRequestPath.decode(String(repeating: "%41", count: 100_000)) == nil)
  }

  @Test func roundTrips() {
    for count in 1...200 {
      let bytes = [0x30] + (0..<count).map { _ in UInt8.random(in: 0...255) }
      let text = Base64.encode(bytes)
      let escaped = text.replacing("/", with: "%2F").replacing("+", with: "%2B").replacing("=", with: "%3D")
      #expect(OCSPRequestPath.decode(text) == bytes)
      #expect(OCSPRequestPath.decode(escaped) == bytes)
    }
  }
}

import DeviceAgent
import Testing

@Suite struct ServerAddressTests {
  private static let root = String(repeating: "ab", count: 32)

  @Test func readsWhatDeviceAddPrints() throws {
    let address = try #require(ServerAddress("https://PUMP%2d7@Touchmark.Example:8443#sha256:\(Self.root)"))
    #expect(address.isTLS && address.host == "touchmark.example" && address.port == 8443)
    #expect(address.name == "PUMP-7" && address.path == "")
    #expect(address.root == [UInt8](repeating: 0xAB, count: 32))
    #expect(address.text == "https://touchmark.example:8443")
    #expect(address.generalName == .dnsName("touchmark.example"))
  }

  @Test func readsALabelAndTwoRoots() throws {
    let other = String(repeating: "cd", count: 32)
    let text = "https://P-1@a.example/.well-known/est/beta#sha256:\(Self.root),\(other)"
    let address = try #require(ServerAddress(text))
    #expect(address.path == "/.well-known/est/beta" && address.roots.map(\.first) == [0xAB, 0xCD])
    for wrong in ["\(Self.root),", ",\(Self.root)", "\(Self.root),00", "\(Self.root),,\(other)"] {
      #expect(ServerAddress("https://a.example#sha256:\(wrong)") == nil)
    }
    let many = Array(repeating: Self.root, count: 5).joined(separator: ",")
    #expect(ServerAddress("https://a.example#sha256:\(many)") == nil)
  }

  @Test func readsIPAddressesAndPaths() throws {
    let address = try #require(ServerAddress("http://[2001:db8::1]:80/crl/1.crl"))
    #expect(
      address.host == "2001:db8::1" && address.path == "/crl/1.crl" && address.text == "http://[2001:db8::1]/crl/1.crl")
    #expect(ServerAddress("https://10.0.0.7")?.generalName == .ipAddress([10, 0, 0, 7]))
    #expect(ServerAddress("https://10.0.0.7/")?.port == 443)
  }

  @Test(arguments: [
    "", "touchmark.example", "ftp://a", "https://", "https://:443", "https://a:0", "https://a:65536", "https://a:x",
    "https://a#md5:00", "https://a#sha256:", "https://a#sha256:00", "https://@a", "https://%zz@a", "https://%4@a",
    "https://%0a@a", "https://[a]:1", "https://[::1", "https://a b", "https://a\r\nHost: b", "https://ä",
  ])
  func refusesWhatIsNone(_ text: String) { #expect(ServerAddress(text) == nil) }

  @Test func refusesWhatIsEndless() { #expect(ServerAddress("https://" + String(repeating: "a", count: 3000)) == nil) }
}

import Credentials
import Testing
import WireFormats

@Suite struct GeneralNameTests {
  static let names: [GeneralName] = [
    .dnsName("pump-7.example"), .ipAddress([10, 0, 0, 7]), .ipAddress([UInt8](repeating: 0, count: 15) + [1]),
    .uri("urn:dev:ops:32473-pump-7"), .email("ops@acme.example"), .directoryName(TestAuthority.subject()),
    .otherName(GeneralName.hardwareModuleName, [0x0C, 0x01, 0x61]), .registeredID(ObjectIdentifier([1, 2, 3])),
    .other(tag: 0xA5, [0xA1, 0x03, 0x0C, 0x01, 0x61]),
  ]

  @Test func comeBack() throws {
    let value = CertificateExtension.subjectAlternativeName(Self.names).value
    #expect(try GeneralName.parseNames(value[...]) == Self.names)
  }

  // RFC 5280 §4.2.1.6: SEQUENCE SIZE (1..MAX); addresses of 4 or 16 octets; IA5String is ASCII.
  @Test(arguments: [
    "3000", "", "3100", "30038201", "300382016100", "30038201ff", "300387010a",
    "300687040a000007"
      + "00", "300787050a00000701", "30028900", "30020401", "3003a00101", "3005a403310100", "300488021f80",
    "3009a00706032a03040500",
  ])
  func malformed(hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: DERError.self) { try GeneralName.parseNames(bytes[...]) }
  }

  @Test func tooMany() throws {
    let most = [GeneralName](repeating: .dnsName("a"), count: GeneralName.maximumCount)
    let value = CertificateExtension.subjectAlternativeName(most).value
    #expect(try GeneralName.parseNames(value[...]).count == GeneralName.maximumCount)
    let over = CertificateExtension.subjectAlternativeName(most + [.dnsName("b")]).value
    #expect(throws: DERError.tooLong) { try GeneralName.parseNames(over[...]) }
  }

  // RFC 5952 §4 for the way back.
  @Test(arguments: [
    ("10.0.0.7", "10.0.0.7"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
    ("2001:db8::7", "2001:db8::7"), ("2001:DB8:0:0:0:0:0:7", "2001:db8::7"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ("1::", "1::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::ffff:10.0.0.7", "::ffff:a00:7"),
    ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"), ("fe80::1:0:0:1", "fe80::1:0:0:1"),
  ])
  func addresses(text: String, shown: String) throws {
    #expect(try #require(GeneralName.ipAddress(text: text)).description == "ip:" + shown)
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.7.1", "10..0.7", "a.b.c.d", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::1%eth0", "1:2:3:4:5:6:7::8", "10.0.0.7::", "٣.0.0.1", "+1.0.0.1",
  ])
  func badAddresses(text: String) { #expect(GeneralName.ipAddress(text: text) == nil) }

  @Test func descriptions() {
    #expect(
      Self.names.map(\.description) == [
        "dns:pump-7.example", "ip:10.0.0.7", "ip:::1", "uri:urn:dev:ops:32473-pump-7", "email:ops@acme.example",
        "dirname:CN=PUMP-7,serialNumber=PUMP-7", "othername:1.3.6.1.5.5.7.8.4=#0c0161", "rid:1.2.3",
        "other:5=#a1030c0161",
      ])
  }
}

import Credentials
import Testing
import WireFormats

@Suite struct DistinguishedNameTests {
  private typealias Attribute = DistinguishedName.Attribute

  @Test func golden() {
    let name = DistinguishedName([
      Attribute(type: AttributeType.country, value: "DE"), Attribute(type: AttributeType.organization, value: "Käse"),
      Attribute(type: AttributeType.serialNumber, value: "PUMP-7"),
      Attribute(type: AttributeType.commonName, value: "p"),
    ])
    #expect(
      Hex.encode(name.encoded)
        == "303a310b3009060355040613024445310e300c060355040a0c054bc3a47365310f300d0603550405130650554d502d37310a300806035504030c0170"
    )
    #expect(name.description == "CN=p,serialNumber=PUMP-7,O=Käse,C=DE")
    #expect(name.values(of: AttributeType.serialNumber) == ["PUMP-7"])
    #expect(name.values(of: AttributeType.locality) == [])
  }

  @Test func comesBack() throws {
    let name = TestAuthority.subject()
    let parsed = try DistinguishedName(parsing: name.encoded)
    #expect(parsed == name)
    #expect(parsed.attributes == name.attributes)
    #expect(DistinguishedName.empty.encoded == [0x30, 0])
    #expect(DistinguishedName.empty.isEmpty)
    #expect(DistinguishedName.empty.description == "")
  }

  /// Every string type that clients send, as one attribute's value.
  @Test(arguments: [
    ("0c0470c3bc6d", "püm"), ("130370756d", "pum"), ("140370fc6d", "püm"), ("1e06007000fc006d", "püm"),
    ("160370756d", "pum"), ("1203313233", "123"), ("1a0370756d", "pum"), ("1303612a40", "a*@"),
    ("0c00", ""), ("030200ff", "#030200ff"),
  ])
  func stringTypes(value: String, text: String) throws {
    let encoded = try name(type: "550403", value: value)
    let parsed = try DistinguishedName(parsing: encoded)
    #expect(parsed.values(of: AttributeType.commonName) == [text])
    #expect(parsed.encoded == encoded)
  }

  @Test(arguments: ["0c02c328", "0c01ff", "1301e9", "1601e9", "1e0100", "1e02d800", "0c02", "1e04d800" + "0041"])
  func badStrings(value: String) throws {
    let encoded = try name(type: "550403", value: value)
    #expect(throws: DERError.self) { try DistinguishedName(parsing: encoded) }
  }

  private func name(type: String, value: String) throws -> [UInt8] {
    let type = try #require(Hex.decode(type))
    let value = try #require(Hex.decode(value))
    return DERWriter.build {
      $0.sequence {
        $0.constructed(DERTag.set) {
          $0.sequence {
            $0.primitive(DERTag.objectIdentifier, type)
            $0.raw(value)
          }
        }
      }
    }
  }

  @Test(arguments: [
    "", "3100", "30023100", "300431023000", "30073105300306015500", "300000", "300d310b3009060355040313024445ff",
    "300b310930070603550403", "300c310a300806035504030c016100",
    "30133111300f06035504030c0161060355040a0c0162",
  ])
  func malformed(hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: DERError.self) { try DistinguishedName(parsing: bytes) }
  }

  @Test func tooManyAttributes() {
    let attribute = Attribute(type: AttributeType.organizationalUnit, value: "u")
    let most = DistinguishedName(Array(repeating: attribute, count: DistinguishedName.maximumAttributes))
    #expect(throws: Never.self) { try DistinguishedName(parsing: most.encoded) }
    let over = DistinguishedName(Array(repeating: attribute, count: DistinguishedName.maximumAttributes + 1))
    #expect(throws: DERError.tooLong) { try DistinguishedName(parsing: over.encoded) }
  }

  @Test func severalAttributesInOneRelativeName() throws {
    let encoded = DERWriter.build {
      $0.sequence {
        $0.constructed(DERTag.set) {
          for (type, value) in [(AttributeType.commonName, "a"), (AttributeType.serialNumber, "1")] {
            $0.sequence {
              $0.objectIdentifier(type)
              $0.printableString(value)
            }
          }
        }
        $0.constructed(DERTag.set) {
          $0.sequence {
            $0.objectIdentifier(AttributeType.organization)
            $0.utf8String("Acme")
          }
        }
      }
    }
    let name = try DistinguishedName(parsing: encoded)
    #expect(name.description == "O=Acme,CN=a+serialNumber=1")
    #expect(name.attributes.count == 3)
  }

  // RFC 4514 §2.4, and nothing that could steer a terminal or forge a line.
  @Test(arguments: [
    ("a,b", "a\\,b"), ("a+b", "a\\+b"), ("\"q\"", "\\\"q\\\""), ("a\\b", "a\\\\b"), ("<;>", "\\<\\;\\>"),
    (" a ", "\\ a\\ "), ("#a#", "\\#a#"), ("a\u{0}b", "a\\00b"), ("a\nb", "a\\0ab"), ("a\u{1B}[31m", "a\\1b[31m"),
    ("a\u{202E}b", "a\\e2\\80\\aeb"), ("ž☃", "ž☃"), ("a b", "a b"), ("\u{85}", "\\c2\\85"),
  ])
  func escaping(value: String, text: String) {
    #expect(DistinguishedName([Attribute(type: AttributeType.commonName, value: value)]).description == "CN=" + text)
  }

  @Test func unknownTypesAreDotted() {
    let vendor = ObjectIdentifier([1, 3, 6, 1, 4, 1, 37244, 2, 1])
    #expect(DistinguishedName([Attribute(type: vendor, value: "FFF1")]).description == "1.3.6.1.4.1.37244.2.1=FFF1")
    #expect(AttributeType.named("cn") == AttributeType.commonName)
    #expect(AttributeType.named("SERIALNUMBER") == AttributeType.serialNumber)
    #expect(AttributeType.named("nope") == nil)
  }
}

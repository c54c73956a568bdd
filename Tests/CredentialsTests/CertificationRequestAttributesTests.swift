import Credentials
import Testing
import WireFormats

@Suite struct CertificationRequestAttributesTests {
  // RFC 7030 §4.5.2's own example.
  private static let example = """
    MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJBgcrBgEBAQEWBggqhkjOPQQDAw==
    """

  @Test func standardsExample() throws {
    let bytes = try #require(Base64.decode(Self.example.utf8))
    let attributes = try CertificationRequestAttributes(parsing: bytes)
    #expect(
      attributes.items == [
        .identifier(RequestAttribute.challengePassword),
        .attribute(ObjectIdentifier([1, 2, 840, 10045, 2, 1]), values: [[0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]]),
        .attribute(
          RequestAttribute.extensionRequest, values: [[0x06, 0x07, 0x2B, 0x06, 0x01, 0x01, 0x01, 0x01, 0x16]]),
        .identifier(SignatureAlgorithm.ecdsaWithSHA384.identifier),
      ])
    #expect(attributes.encoded == bytes)
  }

  @Test(arguments: KeyAlgorithm.allCases) func keys(algorithm: KeyAlgorithm) throws {
    let attributes = CertificationRequestAttributes(keyAlgorithm: algorithm, extensions: [.keyUsage(.digitalSignature)])
    #expect(try CertificationRequestAttributes(parsing: attributes.encoded) == attributes)
    #expect(attributes.items.count == 3)
  }

  @Test func empty() throws {
    let attributes = CertificationRequestAttributes(keyAlgorithm: nil)
    #expect(attributes.isEmpty)
    #expect(attributes.encoded == [0x30, 0])
    #expect(try CertificationRequestAttributes(parsing: [0x30, 0]).isEmpty)
  }

  @Test(arguments: ["", "3100", "30020500", "300006", "3003060180", "300430020600", "3008300606022a03" + "3001"])
  func malformed(hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: DERError.self) { try CertificationRequestAttributes(parsing: bytes) }
  }
}

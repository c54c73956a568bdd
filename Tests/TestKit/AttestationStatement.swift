import Credentials
import KeyCustody
import WireFormats

/// What a device answers to device-attest-01 (draft-ietf-acme-device-attest-07 §5).
public enum AttestationStatement {
  /// - Parameters:
  ///   - format: `packed` or `step`; any other name has packed's statement.
  ///   - certificate: the maker's, for the attested key.
  ///   - text: what is signed: the key authorization.
  public static func payload(
    _ format: String, _ certificate: Certificate, over text: String, by key: SoftwareKey
  ) throws -> JSONValue {
    let signature = try key.signature(over: Array(text.utf8))
    let object = CBOR.map([
      .init(.text("fmt"), .text(format)),
      .init(
        .text("attStmt"),
        .map([
          .init(.text("alg"), algorithm(key)),
          .init(.text("sig"), .bytes(format == "step" ? encode(.bytes(signature)) : signature)),
          .init(.text("x5c"), .array([.bytes(certificate.encoded)])),
        ])),
    ])
    return ["attObj": .string(Base64.encodeURL(encode(object)))]
  }

  /// COSE's numbers (RFC 9053 §2): -7 for ES256, -35 for ES384, -8 for EdDSA.
  private static func algorithm(_ key: SoftwareKey) -> CBOR {
    switch key.publicKey.algorithm {
    case .p384: .negative(34)
    case .ed25519: .negative(7)
    default: .negative(6)
    }
  }

  public static func encode(_ item: CBOR) -> [UInt8] {
    switch item {
    case .unsigned(let value): head(0, Int(value))
    case .negative(let value): head(1, Int(value))
    case .bytes(let octets): head(2, octets.count) + octets
    case .text(let text): head(3, text.utf8.count) + Array(text.utf8)
    case .array(let items): head(4, items.count) + items.flatMap(encode)
    case .map(let entries): head(5, entries.count) + entries.flatMap { encode($0.key) + encode($0.value) }
    case .boolean(let value): [value ? 0xF5 : 0xF4]
    case .null: [0xF6]
    }
  }

  private static func head(_ major: UInt8, _ count: Int) -> [UInt8] {
    count < 24
      ? [major << 5 | UInt8(count)]
      : count < 256 ? [major << 5 | 24, UInt8(count)] : [major << 5 | 25, UInt8(count >> 8), UInt8(count & 0xFF)]
  }
}

import DeviceFormats
import Foundation
import Testing

/// The numbers of touchmark.h are those of the code behind it.
@Suite struct HeaderTests {
  static let header = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/TouchmarkHeader/touchmark.h").standardizedFileURL

  static func numbers() throws -> [String: Int32] {
    var numbers: [String: Int32] = [:]
    for match in try String(contentsOf: header, encoding: .utf8).matches(of: /TOUCHMARK_([A-Z0-9_]+) = (\d+)/) {
      numbers[String(match.1)] = Int32(match.2)
    }
    return numbers
  }

  @Test func results() throws {
    let numbers = try Self.numbers()
    let errors: [(String, Int32)] = [
      ("TRUNCATED", FormatError.truncated.rawValue), ("NOT_DER", FormatError.notDER.rawValue),
      ("TRAILING", FormatError.trailing.rawValue), ("TOO_LONG", FormatError.tooLong.rawValue),
      ("BAD_BASE64", FormatError.badBase64.rawValue), ("NO_ROOM", FormatError.noRoom.rawValue),
      ("REFUSED", FormatError.refused.rawValue), ("UNREADABLE", PathError.unreadable.rawValue),
      ("EXPIRED", PathError.expired.rawValue), ("NOT_AN_AUTHORITY", PathError.notAnAuthority.rawValue),
      ("PATH_TOO_LONG", PathError.pathTooLong.rawValue), ("BAD_SIGNATURE", PathError.badSignature.rawValue),
      ("NO_ISSUER", PathError.noIssuer.rawValue), ("TOO_MANY_SIGNATURES", PathError.tooManySignatures.rawValue),
      ("LIST_OF_OTHER_ISSUER", RevocationError.otherIssuer.rawValue), ("LIST_STALE", RevocationError.stale.rawValue),
      ("LIST_BAD_SIGNATURE", RevocationError.badSignature.rawValue),
    ]
    for (name, number) in errors { #expect(numbers[name] == number, "\(name)") }
    // As many as there are cases, besides OK, NONE and REVOKED.
    let counted = numbers.filter { $0.value > 0 && $0.value < 96 && !Self.isKind($0.key) && $0.key != "NONE" }
    #expect(counted.count == 17 + 11 + 6)
  }

  static func isKind(_ name: String) -> Bool {
    ["KEY_", "ECDSA_", "RSA_", "ML_DSA_", "ED25519", "SIGNATURE_"].contains { name.hasPrefix($0) }
      || name == "SERVER" || name == "CLIENT"
  }

  @Test func kinds() throws {
    let numbers = try Self.numbers()
    #expect(numbers["KEY_P256"] == Int32(KeyKind.p256.rawValue))
    #expect(numbers["KEY_ML_DSA_87"] == Int32(KeyKind.mlDSA87.rawValue))
    #expect(numbers["ECDSA_SHA256"] == Int32(SignatureScheme.ecdsaWithSHA256.rawValue))
    #expect(numbers["ED25519"] == Int32(SignatureScheme.ed25519.rawValue))
    #expect(numbers["RSA_SHA512"] == Int32(SignatureScheme.rsaPKCS1WithSHA512.rawValue))
    #expect(numbers["ML_DSA_87"] == Int32(SignatureScheme.mlDSA87.rawValue))
    #expect(numbers["CLIENT"] == Int32(KeyPurpose.clientAuth.rawValue))
    #expect(numbers["SERVER"] == Int32(KeyPurpose.serverAuth.rawValue))
  }
}

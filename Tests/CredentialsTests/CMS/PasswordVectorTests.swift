import Crypto
import Testing
import WireFormats
import _CryptoExtras

/// What passwords and MACs are made of, by the vectors of the standards.
@Suite struct PasswordVectorTests {
  /// RFC 6070 (SHA-1) and RFC 7914 §11 (SHA-256).
  @Test(arguments: [
    ("password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6", true),
    ("password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957", true),
    ("password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1", true),
    (
      "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096,
      "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038", true
    ),
    ("pass\0word", "sa\0lt", 4096, "56fa6aa75548099dcc37d7f03425e0c3", true),
    (
      "passwd", "salt", 1,
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783", false
    ),
    (
      "Password", "NaCl", 80_000,
      "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d", false
    ),
  ])
  func derivation(_ password: String, _ salt: String, _ rounds: Int, _ expected: String, _ isSHA1: Bool) throws {
    let key = try KDF.Insecure.PBKDF2.deriveKey(
      from: Array(password.utf8), salt: Array(salt.utf8), using: isSHA1 ? .insecureSHA1 : .sha256,
      outputByteCount: expected.utf8.count / 2, unsafeUncheckedRounds: rounds)
    #expect(key.withUnsafeBytes { Hex.encode(Array($0)) } == expected)
  }

  private static func code<Function: HashFunction>(_: Function.Type, _ key: [UInt8], _ text: [UInt8]) -> String {
    Hex.encode(Array(HMAC<Function>.authenticationCode(for: text, using: SymmetricKey(data: key))))
  }

  /// RFC 4231 §4.2, §4.3 and §4.7.
  @Test func authenticationCodes() {
    let cases: [(key: [UInt8], text: [UInt8], sha256: String, sha384: String, sha512: String)] = [
      (
        [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
          + "faea9ea9076ede7f4af152e8b2fa9cb6",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
          + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
      ),
      (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
          + "8e2240ca5e69e2c78b3239ecfab21649",
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
          + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
      ),
      (
        [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
          + "0c2ef6ab4030fe8296248df163f44952",
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
          + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
      ),
    ]
    for one in cases {
      #expect(Self.code(SHA256.self, one.key, one.text) == one.sha256)
      #expect(Self.code(SHA384.self, one.key, one.text) == one.sha384)
      #expect(Self.code(SHA512.self, one.key, one.text) == one.sha512)
    }
  }
}

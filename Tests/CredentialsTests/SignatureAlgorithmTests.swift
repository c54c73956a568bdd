import Credentials
import Testing
import WireFormats

@Suite struct SignatureAlgorithmTests {
  // As OpenSSL 3.0 writes them.
  @Test(arguments: [
    (SignatureAlgorithm.ecdsaWithSHA256, "300a06082a8648ce3d040302"),
    (.ecdsaWithSHA384, "300a06082a8648ce3d040303"), (.ecdsaWithSHA512, "300a06082a8648ce3d040304"),
    (.ed25519, "300506032b6570"), (.rsaPKCS1WithSHA256, "300d06092a864886f70d01010b0500"),
    (.rsaPKCS1WithSHA384, "300d06092a864886f70d01010c0500"), (.rsaPKCS1WithSHA512, "300d06092a864886f70d01010d0500"),
    (
      .rsaPSSWithSHA256,
      "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d0609608648016503"
        + "0402010500a203020120"
    ),
  ])
  func golden(algorithm: SignatureAlgorithm, hex: String) {
    #expect(Hex.encode(algorithm.algorithmIdentifier) == hex)
    #expect(SignatureAlgorithm(algorithmIdentifier: algorithm.algorithmIdentifier) == algorithm)
  }

  // RFC 4055 §5: absent parameters are taken as well.
  @Test func absentParameters() throws {
    let bytes = try #require(Hex.decode("300b06092a864886f70d01010b"))
    #expect(SignatureAlgorithm(algorithmIdentifier: bytes) == .rsaPKCS1WithSHA256)
  }

  // SHA-1, MD5, ECDSA with NULL, PSS with its SHA-1 defaults or a short salt, nothing at all.
  @Test(arguments: [
    "300906072a8648ce3d0401", "300d06092a864886f70d0101050500", "300d06092a864886f70d0101040500",
    "300c06082a8648ce3d0403020500", "300d06092a864886f70d01010a3000", "300b06092a864886f70d01010a", "3000", "",
    "300a06082a8648ce3d04030200",
  ])
  func unknown(hex: String) throws {
    #expect(SignatureAlgorithm(algorithmIdentifier: try #require(Hex.decode(hex))) == nil)
  }
}

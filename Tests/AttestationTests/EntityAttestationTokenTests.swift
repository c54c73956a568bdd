import Attestation
import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

/// RFC 9711 results that a third party checks with the key alone.
@Suite struct EntityAttestationTokenTests {
  private let result = AttestationResult(
    issuer: "https://pki.example", subject: "0190-device", status: .warning, reasons: ["PCR 7 is not the reference"],
    nonce: Array(0..<32),
    measurements: [.init(name: "sha256:0", comparison: .success), .init(name: "sha256:7", comparison: .fail)],
    issuedAt: Instant(seconds: 1_800_000_000), expiresAt: Instant(seconds: 1_800_003_600))

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048]) func isSigned(_ algorithm: KeyAlgorithm) throws {
    let key = try SoftwareKey.generate(algorithm)
    let token = EntityAttestationToken(result, signedBy: key.publicKey)
    let text = try #require(token.token(signature: key.signature(over: token.signingInput)))
    let parts = text.split(separator: ".")
    #expect(parts.count == 3)
    let raw = try #require(Base64.decodeURL(Array(parts[2].utf8)))
    let signature = [.p256, .p384].contains(algorithm) ? try #require(ECDSASignatureValue.encode(raw: raw)) : raw
    #expect(
      key.publicKey.isValidSignature(
        signature, over: Array("\(parts[0]).\(parts[1])".utf8), algorithm: key.algorithm))
    let claims = try JSONParser.parse(try #require(Base64.decodeURL(Array(parts[1].utf8))))
    #expect(claims["eat_profile"]?.text == EntityAttestationToken.profile)
    #expect(claims["exp"] == .integer(1_800_003_600))
    #expect(claims["touchmark_status"]?.text == "warning")
    #expect(claims["measres"] == [["tpm-pcr", [["sha256:0", "success"], ["sha256:7", "fail"]]]])
  }
}

import Credentials
import Testing
import WireFormats

@Suite struct CertificatesOnlyTests {
  @Test func comesBack() throws {
    let root = try TestAuthority("Root")
    let device = try root.issue(TestAuthority.fields())
    for certificates in [[], [device.encoded], [device.encoded, root.certificate.encoded]] {
      #expect(try CertificatesOnly.decode(CertificatesOnly.encode(certificates)) == certificates)
    }
  }

  // RFC 5652 §5.1 with nobody signing: version 1, no digests, id-data without content, no signers.
  @Test func golden() {
    let encoded = CertificatesOnly.encode([[0x30, 0x00]])
    #expect(
      Hex.encode(encoded) == "302706092a864886f70d010702a01a30180201013100300b06092a864886f70d010701a00230003100")
  }

  @Test(.enabled(if: OpenSSL.isInstalled)) func openSSLReadsOurs() throws {
    let root = try TestAuthority("Some root")
    let device = try root.issue(TestAuthority.fields())
    let text = try OpenSSL.run(
      ["pkcs7", "-inform", "DER", "-in", "bundle", "-print_certs", "-noout"],
      files: ["bundle": CertificatesOnly.encode([device.encoded, root.certificate.encoded])])
    #expect(text.contains("PUMP-7"))
    #expect(text.contains("Some root"))
  }

  @Test(.enabled(if: OpenSSL.isInstalled)) func weReadOpenSSLs() throws {
    let root = try TestAuthority("Some root")
    let device = try root.issue(TestAuthority.fields())
    let pem = [device, root.certificate].map { PEM(label: "CERTIFICATE", bytes: $0.encoded).text }.joined()
    let text = try OpenSSL.run(
      ["crl2pkcs7", "-nocrl", "-certfile", "all.pem"], files: ["all.pem": Array(pem.utf8)])
    let block = try #require(PEM.parse(text)?.first)
    #expect(try Set(CertificatesOnly.decode(block.bytes)) == [device.encoded, root.certificate.encoded])
  }

  @Test(arguments: [
    ("", CertificatesOnlyError.malformed(.truncated)), ("3000", .malformed(.truncated)),
    ("300b06092a864886f70d010701", .unexpectedContentType(ObjectIdentifier([1, 2, 840, 113549, 1, 7, 1]))),
    ("300b06092a864886f70d010702", .malformed(.truncated)),
    (
      "302706092a864886f70d010702a01a30180201013100300b06092a864886f70d010701a0023000310000", .malformed(.trailingBytes)
    ),
  ])
  func refused(hex: String, error: CertificatesOnlyError) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: error) { try CertificatesOnly.decode(bytes) }
  }

  @Test func size() {
    #expect(throws: CertificatesOnlyError.tooLarge) {
      try CertificatesOnly.decode([UInt8](repeating: 0x30, count: CertificatesOnly.maximumSize + 1))
    }
  }
}

import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

@Suite struct CRLOpenSSLTests {
  func list(_ authority: SmallAuthority, _ entries: [CRLEntry]) throws -> [UInt8] {
    let contents = CRLContents(
      issuer: authority.certificate.subject.encoded, authorityKeyIdentifier: authority.key.publicKey.keyIdentifier,
      number: 4097, thisUpdate: .present - .minutes(1), nextUpdate: .present + .days(1), entries: entries,
      signatureAlgorithm: authority.key.algorithm)
    let message = contents.toBeSigned
    return contents.encode(toBeSigned: message, signature: try authority.key.signature(over: message))
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func verifiesAndRevokes(algorithm: KeyAlgorithm) throws {
    let bench = try Workbench()
    let authority = try SmallAuthority(algorithm)
    let (good, revoked) = (try authority.issue("good"), try authority.issue("revoked"))
    let entry = CRLEntry(serial: revoked.serial, revokedAt: .present - .minutes(5), reason: .keyCompromise)
    try bench.writePEM("CERTIFICATE", authority.certificate.encoded, to: "ca.pem")
    try bench.writePEM("CERTIFICATE", good.encoded, to: "good.pem")
    try bench.writePEM("CERTIFICATE", revoked.encoded, to: "revoked.pem")
    try bench.writePEM("X509 CRL", try list(authority, [entry]), to: "list.pem")

    let shown = try bench.run("openssl", "crl", "-in", "list.pem", "-CAfile", "ca.pem", "-noout", "-text")
    #expect(shown.status == 0 && shown.text.contains("verify OK"), "\(shown.text)")
    #expect(shown.text.contains("Version 2 (0x1)"))
    #expect(shown.text.contains("X509v3 CRL Number") && shown.text.contains("4097"))
    #expect(shown.text.contains("Key Compromise"))
    #expect(!shown.text.contains("critical"))

    let verify = ["openssl", "verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "list.pem"]
    let one = try bench.run(verify[0], verify[1], verify[2], verify[3], verify[4], verify[5], verify[6], "good.pem")
    #expect(one.status == 0, "\(one.text)")
    let two = try bench.run(verify[0], verify[1], verify[2], verify[3], verify[4], verify[5], verify[6], "revoked.pem")
    #expect(two.status != 0 && two.text.contains("certificate revoked"), "\(two.text)")
  }

  @Test func emptyListVerifies() throws {
    let bench = try Workbench()
    let authority = try SmallAuthority()
    try bench.writePEM("CERTIFICATE", authority.certificate.encoded, to: "ca.pem")
    try bench.write(try list(authority, []), to: "list.der")
    let shown = try bench.run(
      "openssl", "crl", "-inform", "DER", "-in", "list.der", "-CAfile", "ca.pem", "-noout", "-text")
    #expect(shown.text.contains("verify OK") && shown.text.contains("No Revoked Certificates"), "\(shown.text)")
  }

  /// The size that the requirement names; how long it takes is a benchmark's to say.
  @Test func hundredThousandEntries() throws {
    let bench = try Workbench()
    let authority = try SmallAuthority()
    var random = SystemRandomNumberGenerator()
    let entries = (0..<100_000).map { index in
      CRLEntry(
        serial: SerialNumber(at: .present, random: &random), revokedAt: .present - .seconds(Int64(index / 100)),
        reason: .superseded)
    }
    let encoded = try list(authority, entries)
    let parsed = try CertificateRevocationList(parsing: encoded)
    #expect(parsed.entries.count == 100_000)
    #expect(parsed.entries.last?.serial == entries.last?.serial)
    try bench.writePEM("CERTIFICATE", authority.certificate.encoded, to: "ca.pem")
    try bench.write(encoded, to: "list.der")
    let shown = try bench.run("openssl", "crl", "-inform", "DER", "-in", "list.der", "-CAfile", "ca.pem", "-noout")
    #expect(shown.status == 0 && shown.text.contains("verify OK"), "\(shown.text)")
  }
}

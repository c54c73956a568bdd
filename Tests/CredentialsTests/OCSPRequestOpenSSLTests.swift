import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Requests as OpenSSL writes them.
@Suite struct OCSPRequestOpenSSLTests {
  @Test(arguments: [("-sha1", OCSPCertID.HashAlgorithm.sha1), ("-sha256", .sha256)])
  func certID(option: String, hash: OCSPCertID.HashAlgorithm) throws {
    let bench = try Workbench()
    let authority = try SmallAuthority()
    let leaf = try authority.issue("leaf")
    try bench.writePEM("CERTIFICATE", authority.certificate.encoded, to: "ca.pem")
    try bench.writePEM("CERTIFICATE", leaf.encoded, to: "leaf.pem")
    let made = try bench.run(
      "openssl", "ocsp", option, "-issuer", "ca.pem", "-cert", "leaf.pem", "-nonce", "-reqout", "request.der")
    #expect(made.status == 0, "\(made.text)")
    let request = try OCSPRequest(parsing: bench.read("request.der"))
    let expected = OCSPCertID(
      hash: hash, issuerName: authority.certificate.subject.encoded, issuerKey: authority.key.publicKey.keyOctets,
      serial: leaf.serial)
    #expect(request.certificates == [expected].compactMap { $0 })
    #expect(request.nonce != nil)
  }

  @Test func severalAndSigned() throws {
    let bench = try Workbench()
    let authority = try SmallAuthority()
    let key = try SoftwareKey.generate(.p256)
    let (one, two) = (try authority.issue("one", key: key.publicKey), try authority.issue("two"))
    try bench.writePEM("CERTIFICATE", authority.certificate.encoded, to: "ca.pem")
    try bench.writePEM("CERTIFICATE", one.encoded, to: "one.pem")
    try bench.writePEM("CERTIFICATE", two.encoded, to: "two.pem")
    let made = try bench.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem")
    #expect(made.status == 0, "\(made.text)")
    let selfSigned = try bench.run(
      "openssl", "req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=asker", "-out", "asker.pem")
    #expect(selfSigned.status == 0, "\(selfSigned.text)")
    let asked = try bench.run(
      "openssl", "ocsp", "-issuer", "ca.pem", "-cert", "one.pem", "-cert", "two.pem", "-no_nonce", "-signer",
      "asker.pem", "-signkey", "key.pem", "-reqout", "request.der")
    #expect(asked.status == 0, "\(asked.text)")
    let request = try OCSPRequest(parsing: bench.read("request.der"))
    #expect(request.isSigned)
    #expect(request.nonce == nil)
    #expect(request.certificates.map(\.serial) == [one.serial, two.serial])
  }
}

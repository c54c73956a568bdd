import Credentials
import Testing
import WireFormats

/// What is made here, as another implementation sees it.
@Suite(.enabled(if: OpenSSL.isInstalled)) struct OpenSSLAgreementTests {
  private func pem(_ certificate: Certificate) -> [UInt8] {
    Array(PEM(label: "CERTIFICATE", bytes: certificate.encoded).text.utf8)
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func chainsVerify(algorithm: KeyAlgorithm) throws {
    let root = try TestAuthority("Root", algorithm: algorithm)
    let issuing = try TestAuthority("Issuing", under: root, algorithm: algorithm, pathLength: 0)
    let leaf = try issuing.issue(TestAuthority.fields(names: [.dnsName("pump-7.example")]))
    let files = ["root.pem": pem(root.certificate), "issuing.pem": pem(issuing.certificate), "leaf.pem": pem(leaf)]
    let arguments = [
      "verify", "-x509_strict", "-purpose", "sslclient", "-attime", "\(TestAuthority.now.seconds)", "-CAfile",
      "root.pem",
    ]
    let output = try OpenSSL.run(arguments + ["-untrusted", "issuing.pem", "leaf.pem"], files: files)
    #expect(output.contains("leaf.pem: OK"))
    #expect(throws: OpenSSL.Failed.self) { try OpenSSL.run(arguments + ["leaf.pem"], files: files) }
  }

  @Test func fieldsAreWhatWeSaid() throws {
    let root = try TestAuthority("Root")
    let fields = TestAuthority.fields(
      names: [.dnsName("pump-7.example"), .ipAddress([10, 0, 0, 7]), .uri("urn:dev:ops:1"), .email("a@b.example")])
    let text = try OpenSSL.run(
      ["x509", "-in", "leaf.pem", "-noout", "-text", "-serial", "-fingerprint", "-sha256", "-nameopt", "RFC2253"],
      files: ["leaf.pem": pem(try root.issue(fields))])
    for line in [
      "Version: 3 (0x2)", "Signature Algorithm: ecdsa-with-SHA256", "Issuer: CN=Root",
      "Subject: CN=PUMP-7,serialNumber=PUMP-7", "X509v3 Key Usage: critical", "Digital Signature",
      "TLS Web Client Authentication",
      "DNS:pump-7.example, IP Address:10.0.0.7, URI:urn:dev:ops:1, email:a@b.example",
      "OCSP - URI:http://status.example:8080/ocsp", "CA Issuers - URI:http://status.example:8080/ca/operational.cer",
      "URI:http://status.example:8080/crl/operational.crl", "Policy: 1.3.6.1.4.1.32473.1", "CA:FALSE",
      "serial=" + fields.serial.description.uppercased().leftPadded,
    ] {
      #expect(text.contains(line), "\(line)")
    }
  }

  @Test func neverExpiring() throws {
    let limits = LintLimits(neverExpires: true)
    let root = try TestAuthority("Root", limits: limits, notAfter: .noExpiry)
    let leaf = try Certificate(
      parsing: root.key.sign(root.template(limits: limits).prepare(TestAuthority.fields(notAfter: .noExpiry))))
    let text = try OpenSSL.run(["x509", "-in", "leaf.pem", "-noout", "-enddate"], files: ["leaf.pem": pem(leaf)])
    #expect(text.contains("notAfter=Dec 31 23:59:59 9999 GMT"))
    #expect(leaf.notAfter == .noExpiry)
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func requestsVerify(algorithm: KeyAlgorithm) throws {
    let key = try TestKey(algorithm)
    let der = try CertificationRequest.encode(
      subject: TestAuthority.subject(), publicKey: key.publicKey,
      extensions: [.subjectAlternativeName([.dnsName("pump-7.example")])], challengePassword: "secret",
      sign: { try key.sign($0) })
    let text = try OpenSSL.run(
      ["req", "-inform", "DER", "-in", "request", "-verify", "-noout", "-text"], files: ["request": der])
    #expect(text.contains("verify OK"))
    #expect(text.contains("DNS:pump-7.example"))
    #expect(text.contains("challengePassword") && text.contains("secret"))
  }

  @Test func strangersCertificates() throws {
    let text = try OpenSSL.run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", "/dev/null", "-subj",
      "/O=Maker/CN=Maker root", "-days", "30", "-addext", "keyUsage=critical,keyCertSign",
    ])
    let block = try #require(PEM.parse(text.drop { $0 != "-" })?.first { $0.label == "CERTIFICATE" })
    let certificate = try Certificate(parsing: block.bytes)
    #expect(certificate.subject.description == "CN=Maker root,O=Maker")
    #expect(certificate.isAuthority)
    #expect(certificate.keyUsage == .keyCertSign)
    let key = try #require(certificate.publicKey)
    #expect(certificate.isSigned(by: key))
  }
}

extension String {
  /// OpenSSL prints whole octets.
  fileprivate var leftPadded: String { count % 2 == 0 ? self : "0" + self }
}

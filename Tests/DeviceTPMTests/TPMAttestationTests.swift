import Credentials
import Crypto
import DeviceTPM
import TestKit
import Testing
import WireFormats

/// What a verifier gets, read by somebody else's tools.
@Suite struct TPMAttestationTests {
  static let nonce = (0..<20).map { UInt8($0 * 7) }

  @Test func quotesAndCertificationsVerify() async throws {
    let simulator = try await SimulatedTPM()
    let (tpm, bench) = (simulator.tpm, simulator.bench)
    let attester = try await tpm.createKey(.attestation)
    #expect(attester.publicArea.attributes.isSuperset(of: [.restricted, .sign, .fixedTPM]))
    let info = try SubjectPublicKeyInfo(parsing: try #require(attester.publicArea.subjectPublicKeyInfo))
    try bench.writePEM("PUBLIC KEY", info.encoded, to: "ak.pem")

    let selection = PCRSelection([0, 7, 16])
    let quote = try await tpm.quote(selection, by: .blob(attester), nonce: Self.nonce)
    try bench.write(quote.attest, to: "quote.msg")
    try bench.write(quote.signature.encoded, to: "quote.sig")
    let checked = try bench.run(
      "tpm2_checkquote", "-u", "ak.pem", "-m", "quote.msg", "-s", "quote.sig", "-q", Hex.encode(Self.nonce))
    #expect(checked.status == 0, "\(checked.text)")
    let other = try bench.run(
      "tpm2_checkquote", "-u", "ak.pem", "-m", "quote.msg", "-s", "quote.sig", "-q", "00" + Hex.encode(Self.nonce))
    #expect(other.status != 0)
    // The digest in the quote is that of the registers as they can be read.
    let values = try await tpm.readPCRs(selection)
    let digest = SHA256.hash(data: selection.registers.flatMap { values[$0] ?? [] }).withUnsafeBytes { Array($0) }
    #expect(quote.attest.suffix(32) == digest[...])

    let key = try await tpm.createKey(.signing, authorization: [9, 9, 9])
    let statement = try await tpm.certify(
      .blob(key), authorization: [9, 9, 9], by: .blob(attester), nonce: Self.nonce)
    let value = try #require(ECDSASignatureValue.encode(raw: statement.signature.plain))
    #expect(info.isValidSignature(value, over: statement.attest, algorithm: .ecdsaWithSHA256))
    // TPMS_ATTEST begins with TPM_GENERATED_VALUE and TPM_ST_ATTEST_CERTIFY, and holds the nonce and the key's Name.
    #expect(statement.attest.starts(with: [0xFF, 0x54, 0x43, 0x47, 0x80, 0x17]))
    let name = try await tpm.readPublic(.blob(key)).name
    let text = Hex.encode(statement.attest)
    #expect(text.contains(Hex.encode(Self.nonce)) && text.contains(Hex.encode(name)))
  }

  /// What tpm2-tools seal to an endorsement key and a Name opens in this TPM, for this attestation key, and not otherwise.
  @Test(arguments: EndorsementKind.allCases)
  func credentialsActivate(_ kind: EndorsementKind) async throws {
    let simulator = try await SimulatedTPM()
    let (tpm, bench) = (simulator.tpm, simulator.bench)
    let attester = TPMKey.blob(try await tpm.createKey(.attestation, authorization: [1, 2, 3, 4]))
    let area = try await tpm.endorsementKey(kind)
    var size = [UInt8(area.encoded.count >> 8), UInt8(area.encoded.count & 0xFF)]
    size += area.encoded
    try bench.write(size, to: "ek.pub")
    let secret = Array("a secret of 32 octets, no more..".utf8)
    try bench.write(secret, to: "secret")
    let name = try await tpm.readPublic(attester).name
    let made = try bench.run(
      ["tpm2_makecredential", "-T", "none", "-u", "ek.pub", "-s", "secret", "-n", Hex.encode(name), "-o", "sealed"])
    #expect(made.status == 0, "\(made.text)")
    // tpm2-tools' file: a magic number and a version, then the two structures.
    let sealed = Array(try bench.read("sealed").dropFirst(8))
    let count = 2 + Int(sealed[0]) << 8 + Int(sealed[1])
    let (credential, encrypted) = (Array(sealed.prefix(count)), Array(sealed.dropFirst(count)))
    let opened = try await tpm.activateCredential(
      credential, secret: encrypted, for: attester, authorization: [1, 2, 3, 4], endorsement: kind)
    #expect(opened == secret)

    let stranger = TPMKey.blob(try await tpm.createKey(.attestation))
    await #expect(throws: TPMError.self) {
      _ = try await tpm.activateCredential(credential, secret: encrypted, for: stranger, endorsement: kind)
    }
    await #expect(throws: TPMError.wrongAuthorization) {
      _ = try await tpm.activateCredential(credential, secret: encrypted, for: attester, endorsement: kind)
    }
  }

  /// The manufacturer's certificate is in the TPM, for the key that the TPM has, by the manufacturer's CA.
  @Test func endorsementCertificate() async throws {
    let simulator = try await SimulatedTPM(hasCertificates: true)
    let encoded = try await simulator.tpm.endorsementCertificate(.rsa2048)
    try simulator.bench.writePEM("CERTIFICATE", encoded, to: "ek.pem")
    let verified = try simulator.bench.run(
      "openssl", "verify", "-ignore_critical", "-CAfile", "ca/swtpm-localca-rootca-cert.pem", "-untrusted",
      "ca/cert.pem",
      "ek.pem")
    #expect(verified.status == 0, "\(verified.text)")
    let area = try await simulator.tpm.endorsementKey(.rsa2048)
    let certificate = try Certificate(parsing: encoded)
    let key = try #require(certificate.publicKey)
    #expect(Hex.encode(Array(key.keyOctets)).contains(Hex.encode(Array(area.encoded.suffix(256)))))
    await #expect(throws: TPMError.notThere) { _ = try await simulator.tpm.endorsementCertificate(.p256) }
  }
}

import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Every kind of object, to and from `openssl cms`.
@Suite struct CMSOpenSSLTests {
  static let content = Array("a device of which something is said\n".utf8)

  private func openssl(_ bench: Workbench, _ arguments: String...) throws {
    let outcome = try bench.run(["openssl", "cms"] + arguments)
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  // MARK: SignedData

  @Test(arguments: [KeyAlgorithm.p256, .p384, .rsa2048])
  func opensslVerifiesOurs(_ algorithm: KeyAlgorithm) throws {
    let party = try CMSParty.of(algorithm)
    let keyIdentifier = CertificateIdentifier.subjectKeyIdentifier(party.key.publicKey.keyIdentifier)
    let time = CMSAttribute(type: CMSAttribute.signingTime, values: [DERWriter.build { $0.time(.present) }])
    for (identifier, isUnderKey) in [(nil, false), (nil, true), (keyIdentifier, false)] {
      let bench = try Workbench()
      try party.write(to: bench)
      let signed = try party.signedData(
        Self.content, attributes: [time], identifier: identifier, isUnderKeyIdentifier: isUnderKey)
      try bench.write(signed, to: "signed.der")
      try openssl(
        bench, "-verify", "-inform", "DER", "-in", "signed.der", "-CAfile", "ca.pem", "-purpose", "any", "-binary",
        "-out", "content")
      #expect(try bench.read("content") == Self.content)
    }
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .rsa2048], ["sha256", "sha384", "sha512"])
  func weVerifyOpenSSLs(_ algorithm: KeyAlgorithm, digest: String) throws {
    let party = try CMSParty.of(algorithm)
    for options in [[], ["-stream"], ["-keyid"], ["-noattr"]] {
      let bench = try Workbench()
      try party.write(to: bench)
      try bench.write(Self.content, to: "content")
      let outcome = try bench.run(
        [
          "openssl", "cms", "-sign", "-in", "content", "-binary", "-nodetach", "-outform", "DER", "-md", digest,
          "-signer", "party.pem", "-inkey", "party.key", "-out", "signed.der",
        ] + options)
      #expect(outcome.status == 0, "\(outcome.text)")
      let signed = try SignedData(parsing: bench.read("signed.der"))
      #expect(signed.content == Self.content)
      let signer = try #require(signed.signers.first)
      #expect(signer.digestAlgorithm == DigestAlgorithm(rawValue: digest))
      #expect(signed.certificate(of: signer) == party.certificate)
      try signed.verify(signer, key: party.key.publicKey)
      #expect(throws: CMSError.badSignature) { try signed.verify(signer, key: CMSParty.authority.key.publicKey) }
    }
  }

  @Test func severalSignersAndDetached() throws {
    let bench = try Workbench()
    try CMSParty.p256.write(to: bench)
    try bench.writePEM("CERTIFICATE", CMSParty.rsa.certificate.encoded, to: "other.pem")
    try bench.write(Array((CMSParty.rsa.key.pkcs8PEM ?? "").utf8), to: "other.key")
    try bench.write(Self.content, to: "content")
    try openssl(
      bench, "-sign", "-in", "content", "-binary", "-outform", "DER", "-md", "sha256", "-signer", "party.pem",
      "-inkey", "party.key", "-signer", "other.pem", "-inkey", "other.key", "-out", "signed.der")
    let signed = try SignedData(parsing: bench.read("signed.der"))
    #expect(signed.content == nil)
    #expect(signed.signers.count == 2)
    for signer in signed.signers {
      let key = try #require(signed.certificate(of: signer)?.publicKey)
      try signed.verify(signer, key: key, detached: Self.content)
      #expect(throws: CMSError.digestMismatch) { try signed.verify(signer, key: key, detached: [1]) }
      #expect(throws: CMSError.missingContent) { try signed.verify(signer, key: key) }
    }
  }

  // MARK: EnvelopedData and AuthEnvelopedData to a key

  private static let recipientOptions: [(KeyAlgorithm, [String])] = [
    (.rsa2048, []), (.rsa2048, ["-keyopt", "rsa_padding_mode:oaep"]),
    (.rsa2048, ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"]),
    (.p256, ["-keyopt", "ecdh_kdf_md:sha256"]), (.p384, ["-keyopt", "ecdh_kdf_md:sha256"]),
    (.p384, ["-keyopt", "ecdh_kdf_md:sha384"]),
  ]

  @Test(arguments: recipientOptions, ["-aes-128-cbc", "-aes-256-cbc", "-aes-128-gcm", "-aes-256-gcm"])
  func weOpenOpenSSLs(_ recipient: (KeyAlgorithm, [String]), cipher: String) throws {
    let party = try CMSParty.of(recipient.0)
    let key = try #require(party.opening)
    for options in [[], ["-stream"], ["-keyid"]] {
      let bench = try Workbench()
      try party.write(to: bench)
      try bench.write(Self.content, to: "content")
      let outcome = try bench.run(
        ["openssl", "cms", "-encrypt", "-in", "content", "-binary", "-outform", "DER", cipher, "-out", "sealed.der"]
          + options + ["-recip", "party.pem"] + recipient.1)
      #expect(outcome.status == 0, "\(outcome.text)")
      let sealed = try bench.read("sealed.der")
      let opened =
        cipher.hasSuffix("gcm")
        ? try AuthEnvelopedData(parsing: sealed).open(key, of: [party.certificate])
        : try EnvelopedData(parsing: sealed).open(key, of: [party.certificate])
      #expect(opened == Self.content)
    }
  }

  @Test(arguments: ContentEncryption.allCases, [KeyAlgorithm.p256, .p384, .rsa2048])
  func opensslOpensOurs(_ cipher: ContentEncryption, _ algorithm: KeyAlgorithm) throws {
    let party = try CMSParty.of(algorithm)
    for transport in algorithm.isRSA ? [KeyTransport.pkcs1, .oaepSHA1, .oaepSHA256] : [.pkcs1] {
      let bench = try Workbench()
      try party.write(to: bench)
      let recipient = try #require(Recipient(party.certificate, transport: transport))
      let sealed =
        cipher.isAuthenticated
        ? try AuthEnvelopedData.encode(content: Self.content, to: [recipient], algorithm: cipher)
        : try EnvelopedData.encode(content: Self.content, to: [recipient], algorithm: cipher)
      try bench.write(sealed, to: "sealed.der")
      try openssl(
        bench, "-decrypt", "-inform", "DER", "-in", "sealed.der", "-recip", "party.pem", "-inkey", "party.key", "-out",
        "content")
      #expect(try bench.read("content") == Self.content)
    }
  }

  // MARK: Under a password

  @Test(arguments: ["-aes-128-cbc", "-aes-256-cbc"])
  func passwordFromOpenSSL(cipher: String) throws {
    let bench = try Workbench()
    try bench.write(Self.content, to: "content")
    try openssl(
      bench, "-encrypt", "-in", "content", "-binary", "-outform", "DER", cipher, "-pwri_password", "a long secret",
      "-out", "sealed.der")
    let sealed = try EnvelopedData(parsing: bench.read("sealed.der"))
    #expect(try sealed.open(password: Array("a long secret".utf8)) == Self.content)
    #expect(throws: CMSError.cannotOpen) { try sealed.open(password: Array("another".utf8)) }
    #expect(throws: CMSError.tooManyIterations) { try sealed.open(password: [1], maximumIterations: 2047) }
  }

  @Test(arguments: ContentEncryption.allCases)
  func passwordToOpenSSL(_ cipher: ContentEncryption) throws {
    let bench = try Workbench()
    let recipient = Recipient.password(Array("a long secret".utf8), iterations: 2048)
    let sealed =
      cipher.isAuthenticated
      ? try AuthEnvelopedData.encode(content: Self.content, to: [recipient], algorithm: cipher)
      : try EnvelopedData.encode(content: Self.content, to: [recipient], algorithm: cipher)
    try bench.write(sealed, to: "sealed.der")
    try openssl(
      bench, "-decrypt", "-inform", "DER", "-in", "sealed.der", "-pwri_password", "a long secret", "-out", "content")
    #expect(try bench.read("content") == Self.content)
  }
}

import Credentials
import Crypto
import KeyCustody
import TestKit
import Testing
import WireFormats

/// What CMS objects refuse, and how.
@Suite struct CMSTests {
  private static let content = Array("content".utf8)
  private static let type = ObjectIdentifier([1, 2, 840, 113549, 1, 7, 1, 99])

  private static func attribute(_ type: ObjectIdentifier, _ octets: [UInt8]) -> CMSAttribute {
    CMSAttribute(type: type, values: [DERWriter.build { $0.octetString(octets) }])
  }

  @Test func attributesComeBack() throws {
    let nonce = Self.attribute(ObjectIdentifier([1, 2, 3]), [7])
    let signed = try SignedData(
      parsing: CMSParty.p256.signedData(Self.content, type: Self.type, attributes: [nonce]))
    let signer = try #require(signed.signers.first)
    #expect(signed.contentType == Self.type)
    #expect(signer.signedValue(nonce.type) == nonce.values.first)
    try signed.verify(signer, key: CMSParty.p256.key.publicKey)
  }

  /// RFC 5652 §11.1, §11.2: each stands once, with one value, and is compared.
  @Test func mandatoryAttributes() throws {
    let party = CMSParty.p256
    let twice = try SignedData(
      parsing: party.signedData(Self.content, attributes: [Self.attribute(CMSAttribute.messageDigest, [1])]))
    #expect(throws: CMSError.missingAttribute(CMSAttribute.messageDigest)) {
      try twice.verify(try #require(twice.signers.first), key: party.key.publicKey)
    }
    let otherType = try party.signedData(Self.content, type: Self.type)
    let replaced = Self.replace(
      Self.identifier(Self.type), by: Self.identifier(.init([1, 2, 840, 113549, 1, 7, 1, 98])), in: otherType)
    let mixed = try SignedData(parsing: replaced)
    #expect(throws: CMSError.contentTypeMismatch) {
      try mixed.verify(try #require(mixed.signers.first), key: party.key.publicKey)
    }
  }

  private static func identifier(_ identifier: ObjectIdentifier) -> [UInt8] {
    DERWriter.build { $0.objectIdentifier(identifier) }
  }

  private static func replace(_ old: [UInt8], by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    guard let index = bytes.indices.first(where: { bytes[$0...].starts(with: old) }) else { return [] }
    bytes.replaceSubrange(index..<index + old.count, with: new)
    return bytes
  }

  /// What is wrong with the key and what is wrong with the content look the same.
  @Test func noOracle() throws {
    let party = CMSParty.rsa
    let key = try #require(party.opening)
    let recipient = try #require(Recipient(party.certificate))
    let sealed = try EnvelopedData.encode(content: Self.content, to: [recipient], algorithm: .aes128CBC)
    let whole = try EnvelopedData(parsing: sealed)
    #expect(try whole.open(key, of: [party.certificate]) == Self.content)
    // A random key opens one content of 256 to something that looks padded; the rest fail, all in one way.
    var outcomes: Set<CMSError> = []
    for index in stride(from: sealed.count - 300, to: sealed.count, by: 11) {
      var damaged = sealed
      damaged[index] ^= 1
      guard let object = try? EnvelopedData(parsing: damaged) else { continue }
      do throws(CMSError) { _ = try object.open(key, of: [party.certificate]) } catch { outcomes.insert(error) }
    }
    #expect(outcomes.contains(.cannotOpen))
    #expect(outcomes.isSubset(of: [.cannotOpen, .notARecipient, .unsupportedAlgorithm(.init([]))]))
  }

  /// A key transport that opens to a key of another size goes on with a random one.
  @Test func wrongSizeIsNoOracle() throws {
    struct Fixed: RecipientKey {
      let publicKey: SubjectPublicKeyInfo
      let size: SymmetricKeySize?
      func decrypt(_: [UInt8], _: KeyTransport) -> SymmetricKey? { size.map { SymmetricKey(size: $0) } }
      func agreedKey(with _: [UInt8], sharedInfo _: [UInt8], size _: Int, digest _: DigestAlgorithm) -> SymmetricKey? {
        nil
      }
    }
    let party = CMSParty.rsa
    let recipient = try #require(Recipient(party.certificate))
    let sealed = try AuthEnvelopedData(
      parsing: AuthEnvelopedData.encode(content: Self.content, to: [recipient], algorithm: .aes128GCM))
    for size in [nil, SymmetricKeySize.bits128, .bits256] {
      #expect(throws: CMSError.cannotOpen) {
        try sealed.open(Fixed(publicKey: party.key.publicKey, size: size), of: [party.certificate])
      }
    }
  }

  @Test func othersRecipient() throws {
    let recipient = try #require(Recipient(CMSParty.rsa.certificate))
    let sealed = try EnvelopedData(parsing: EnvelopedData.encode(content: Self.content, to: [recipient]))
    let key = try #require(CMSParty.p256.opening)
    #expect(throws: CMSError.notARecipient) { try sealed.open(key, of: [CMSParty.p256.certificate]) }
    #expect(throws: CMSError.notARecipient) { try sealed.open(password: [1]) }
  }

  @Test func severalRecipients() throws {
    let recipients = [
      try #require(Recipient(CMSParty.rsa.certificate)), try #require(Recipient(CMSParty.p256.certificate)),
      .password(Array("secret".utf8), iterations: 1000),
    ]
    let sealed = try EnvelopedData(parsing: EnvelopedData.encode(content: Self.content, to: recipients))
    for party in [CMSParty.rsa, .p256] {
      let key = try #require(party.opening)
      #expect(try sealed.open(key, of: [CMSParty.p384.certificate, party.certificate]) == Self.content)
    }
    #expect(try sealed.open(password: Array("secret".utf8)) == Self.content)
  }

  /// Authenticated encryption sees every change of the content and the tag.
  @Test func gcmIsAuthentic() throws {
    let key = try #require(CMSParty.p256.opening)
    let recipient = try #require(Recipient(CMSParty.p256.certificate))
    let sealed = try AuthEnvelopedData.encode(content: Self.content, to: [recipient])
    for index in sealed.count - 16 - 2 - Self.content.count..<sealed.count {
      var damaged = sealed
      damaged[index] ^= 1
      #expect(throws: CMSError.self) {
        try AuthEnvelopedData(parsing: damaged).open(key, of: [CMSParty.p256.certificate])
      }
    }
  }

  @Test func ed25519CannotBeEncryptedTo() throws {
    let key = try SoftwareKey.generate(.ed25519)
    let certificate = try CMSParty.authority.issue("signs alone", key: key.publicKey)
    #expect(Recipient(certificate) == nil)
    #expect(OpeningKey(key) == nil)
    let identifier = CertificateIdentifier(certificate)
    #expect(throws: CMSError.cannotSeal) {
      try EnvelopedData.encode(content: [], to: [.keyAgreement(identifier, key.publicKey)])
    }
    let signed = try CMSParty(.ed25519)
    let object = try SignedData(parsing: signed.signedData(Self.content))
    try object.verify(try #require(object.signers.first), key: signed.key.publicKey)
  }

  @Test func bounds() throws {
    #expect(throws: CMSError.tooLarge) {
      try ContentInfo(parsing: [UInt8](repeating: 0x30, count: ContentInfo.maximumSize + 1))
    }
    #expect(throws: CMSError.unexpectedContentType(CMSContentType.signedData)) {
      try EnvelopedData(parsing: CMSParty.p256.signedData(Self.content))
    }
  }

  /// Nothing that arrives ends the process, and nothing is taken that is not whole.
  @Test func mutated() throws {
    let key = try #require(CMSParty.p256.opening)
    let recipient = try #require(Recipient(CMSParty.p256.certificate))
    let password = Recipient.password([1, 2, 3], iterations: 100)
    let signed = try CMSParty.p256.signedData(Self.content)
    let sealed = try EnvelopedData.encode(content: Self.content, to: [recipient, password])
    let authentic = try AuthEnvelopedData.encode(content: Self.content, to: [recipient])
    var read = 0
    for bytes in Mutations(of: signed, count: 4000) {
      guard let object = try? SignedData(parsing: bytes), let signer = object.signers.first else { continue }
      read += 1
      if (try? object.verify(signer, key: CMSParty.p256.key.publicKey)) != nil {
        #expect(object.content == Self.content)
      }
    }
    for bytes in Mutations(of: sealed, count: 2000) {
      guard let object = try? EnvelopedData(parsing: bytes) else { continue }
      read += 1
      _ = try? object.open(key, of: [CMSParty.p256.certificate])
      _ = try? object.open(password: [1, 2, 3], maximumIterations: 200)
    }
    for bytes in Mutations(of: authentic, count: 2000) {
      guard let object = try? AuthEnvelopedData(parsing: bytes) else { continue }
      read += 1
      if let opened = try? object.open(key, of: [CMSParty.p256.certificate]) { #expect(opened == Self.content) }
    }
    #expect(read > 500)
  }
}

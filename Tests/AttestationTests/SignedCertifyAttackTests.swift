import Attestation
import Credentials
import KeyCustody
import TestKit
import Testing

/// Certifications that an attacker signs validly, each class with what refuses it.
@Suite struct SignedCertifyAttackTests {
  private let forger: Forger
  private let owner: Forger

  init() throws { (forger, owner) = (try Forger(), try Forger()) }

  private func verify(
    ak: TPMPublicArea? = nil, key: TPMPublicArea? = nil, attest: [UInt8]? = nil, signer: Forger? = nil,
    requestKey: SubjectPublicKeyInfo? = nil, nonce: [UInt8] = Forger.nonce
  ) throws -> CertifiedKey {
    let key = try key ?? owner.area(Forger.keyAttributes)
    let attest = try attest ?? forger.certify(key.name)
    return try CertifiedKey.verify(
      publicArea: key.encoded, attest: attest, signature: (signer ?? forger).sign(attest),
      by: AttestationKey(publicArea: (ak ?? forger.attestationArea()).encoded), nonce: nonce,
      requestKey: requestKey ?? owner.key.publicKey)
  }

  /// Without an attack it passes, so that each class below fails for its own reason alone.
  @Test func controlPasses() throws { _ = try verify() }

  @Test(arguments: [TPMObjectAttributes.restricted, .sign, .fixedTPM, .fixedParent, .sensitiveDataOrigin])
  func attestationKeyLacks(_ attribute: TPMObjectAttributes) throws {
    #expect(throws: AttestationFailure.attestationKeyLacks(attribute.names)) {
      try verify(ak: forger.attestationArea(Forger.attestationAttributes.subtracting(attribute)))
    }
  }

  @Test func attestationKeyDecrypts() throws {
    #expect(throws: AttestationFailure.attestationKeyDecrypts) {
      try verify(ak: forger.attestationArea(Forger.attestationAttributes.union(.decrypt)))
    }
  }

  @Test func attestationKeyWithoutScheme() throws {
    #expect(throws: AttestationFailure.attestationKeyScheme) {
      try verify(ak: forger.area(Forger.attestationAttributes, scheme: nil))
    }
  }

  @Test func attestationKeyWithSHA1() throws {
    #expect(throws: AttestationFailure.attestationKeyScheme) {
      try verify(ak: forger.area(Forger.attestationAttributes, scheme: TPMScheme(TPMAlgorithm.ecdsa, .sha1)))
    }
    #expect(throws: AttestationFailure.weakName) {
      try verify(ak: forger.area(Forger.attestationAttributes, nameAlgorithm: .sha1))
    }
  }

  @Test func otherScheme() throws {
    #expect(throws: AttestationFailure.signatureScheme) {
      try verify(ak: forger.area(Forger.attestationAttributes, scheme: TPMScheme(TPMAlgorithm.ecdsa, .sha384)))
    }
  }

  @Test(arguments: [TPMObjectAttributes.fixedTPM, .fixedParent, .sensitiveDataOrigin, .sign])
  func keyLacks(_ attribute: TPMObjectAttributes) throws {
    #expect(throws: AttestationFailure.keyLacks(attribute.names)) {
      try verify(key: owner.area(Forger.keyAttributes.subtracting(attribute)))
    }
  }

  /// TPM2_Import gives neither of both.
  @Test func importedKey() throws {
    #expect(throws: AttestationFailure.keyLacks(["fixedTPM", "fixedParent"])) {
      try verify(key: owner.area([.sensitiveDataOrigin, .sign, .userWithAuth]))
    }
  }

  @Test func restrictedKey() throws {
    #expect(throws: AttestationFailure.keyIsRestricted) {
      try verify(key: owner.area(Forger.keyAttributes.union(.restricted)))
    }
  }

  @Test func otherName() throws {
    let attest = try forger.certify(forger.area(Forger.keyAttributes).name)
    #expect(throws: AttestationFailure.otherName) { try verify(attest: attest) }
  }

  /// The name of the same key with other attributes: what a migratable twin of it would have.
  @Test func nameOfTwin() throws {
    let twin = try owner.area(Forger.keyAttributes.subtracting([.fixedTPM, .fixedParent]))
    #expect(throws: AttestationFailure.otherName) { try verify(attest: forger.certify(twin.name)) }
  }

  @Test func nameWithSHA1() throws {
    let key = try owner.area(Forger.keyAttributes, nameAlgorithm: .sha1)
    #expect(throws: AttestationFailure.weakName) { try verify(key: key) }
  }

  @Test func otherRequestKey() throws {
    #expect(throws: AttestationFailure.otherKey) { try verify(requestKey: forger.key.publicKey) }
  }

  @Test func replayedNonce() throws {
    #expect(throws: AttestationFailure.wrongNonce) { try verify(nonce: [UInt8](repeating: 7, count: 32)) }
  }

  @Test func emptyNonce() throws {
    let attest = try forger.certify(owner.area(Forger.keyAttributes).name, nonce: [])
    #expect(throws: AttestationFailure.wrongNonce) { try verify(attest: attest, nonce: []) }
  }

  /// What a key that is not restricted signs from outside.
  @Test func withoutMagic() throws {
    var attest = try forger.certify(owner.area(Forger.keyAttributes).name)
    attest[0] ^= 1
    #expect(throws: AttestationFailure.malformed("the attestation", .notGenerated)) { try verify(attest: attest) }
  }

  @Test func quoteForCertification() throws {
    let selection = PCRSelection([.init(.sha256, [0])])
    let attest = try forger.quote(selection, PCRValues([.sha256: [0: [UInt8](repeating: 0, count: 32)]]))
    #expect(throws: AttestationFailure.notCertify) { try verify(attest: attest) }
  }

  @Test func unknownType() throws {
    var attest = try forger.certify(owner.area(Forger.keyAttributes).name)
    attest[5] = 0x19
    #expect(throws: AttestationFailure.malformed("the attestation", .unexpectedType(0x8019))) {
      try verify(attest: attest)
    }
  }

  @Test func trailingOctets() throws {
    let attest = try forger.certify(owner.area(Forger.keyAttributes).name) + [0]
    #expect(throws: AttestationFailure.malformed("the attestation", .trailing)) { try verify(attest: attest) }
  }

  /// A TPM of a manufacturer that is trusted, with a key of its own, for another's challenge.
  @Test func genuineOtherTPM() throws {
    let other = RecordedEvidence.ecc
    #expect(throws: AttestationFailure.badSignature) {
      try CertifiedKey.verify(
        publicArea: other["key_public"], attest: other["certify_attest"], signature: other["certify_signature"],
        by: AttestationKey(forger.attestationArea()), nonce: other["certify_nonce"], requestKey: other.requestKey())
    }
  }
}

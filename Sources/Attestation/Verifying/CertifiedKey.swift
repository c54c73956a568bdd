import Credentials

/// A key that a TPM said is its own: what TPM2_Certify shows (Part 3 §18.2).
public struct CertifiedKey: Hashable, Sendable {
  public let area: TPMPublicArea
  public let clock: TPMClock
  public let firmwareVersion: UInt64

  public var publicKey: SubjectPublicKeyInfo { area.publicKey }

  /// For a request that is known already.
  ///
  /// - Parameters:
  ///   - publicArea: Of the certified key.
  ///   - key: The request's, which has to be this one.
  ///   - nonce: What this attestation has to carry, fresh and asked for once.
  public static func verify(
    publicArea: [UInt8], attest: [UInt8], signature: [UInt8], by attestationKey: some Attesting,
    nonce: [UInt8], requestKey key: SubjectPublicKeyInfo
  ) throws(AttestationFailure) -> CertifiedKey {
    let certified = try attested(
      publicArea: publicArea, attest: attest, signature: signature, by: attestationKey, nonce: nonce)
    guard certified.publicKey == key else { throw .otherKey }
    return certified
  }

  /// For whoever compares the request's key with this one later.
  public static func attested(
    publicArea: [UInt8], attest: [UInt8], signature: [UInt8], by attestationKey: some Attesting, nonce: [UInt8]
  ) throws(AttestationFailure) -> CertifiedKey {
    let attested = try attestationKey.verify(attest: attest, signature: signature, nonce: nonce)
    guard case .certify(let name, _) = attested.attested else { throw .notCertify }
    let area = try AttestationFailure.read("the certified key", publicArea, TPMPublicArea.init(parsing:))
    guard area.nameAlgorithm.isStrong else { throw .weakName }
    guard name == area.name else { throw .otherName }
    try check(area)
    return CertifiedKey(area: area, clock: attested.clock, firmwareVersion: attested.firmwareVersion)
  }

  /// An imported key lacks fixedTPM and fixedParent: TPM2_Import gives neither (Part 3 §13.3).
  private static func check(_ area: TPMPublicArea) throws(AttestationFailure) {
    let demanded = TPMObjectAttributes.residence.union(.sign)
    guard area.attributes.isSuperset(of: demanded) else {
      throw .keyLacks(demanded.subtracting(area.attributes).names)
    }
    guard !area.attributes.contains(.restricted) else { throw .keyIsRestricted }
  }
}

import Credentials
import WireFormats

/// An endorsement key whose certificate leads to a manufacturer that the operator trusts.
public struct EndorsementKey: Hashable, Sendable {
  public let area: TPMPublicArea
  public let certificate: Certificate
  /// Of the path: which manufacturer vouches.
  public let anchor: Certificate

  /// TCG: tcg-kp-EKCertificate.
  public static let purpose = ObjectIdentifier([2, 23, 133, 8, 1])

  /// Checks certificate and public area (TCG EK Credential Profile for TPM 2.0, version 2.5).
  ///
  /// Endorsement certificates are odd: subjects are empty and the critical SubjectAltName names the TPM's model, which
  /// nothing here decides by; many have no extended key usage, some no key usage; most never expire. What is demanded:
  /// - a path to an anchor (§3.1), each certificate valid now;
  /// - where key usage stands, keyEncipherment (RSA) or keyAgreement (ECC) (§3.5.10);
  /// - where extended key usage stands, the purpose of an endorsement key or any (§3.5.16); where it does not, the anchor
  ///   itself is what an operator named for endorsement keys, and nothing else;
  /// - not an authority's certificate (§3.5.9);
  /// - the public area's key is the certificate's, restricted, decrypting, never leaving its TPM (§B.3, §B.4).
  public static func verify(
    certificate: Certificate, intermediates: [Certificate], publicArea: [UInt8], anchors: [Certificate], at now: Instant
  ) throws(AttestationFailure) -> EndorsementKey {
    let path: CertificationPath
    do throws(CertificationPathError) {
      path = try CertificationPath.verify(leaf: certificate, intermediates: intermediates, anchors: anchors, at: now)
    } catch {
      throw .endorsementCertificate(error)
    }
    guard let anchor = path.anchor else { throw .endorsementCertificate(.noIssuer) }
    guard isForEndorsement(certificate) else { throw .endorsementCertificateUse }
    let area = try AttestationFailure.read("the endorsement key", publicArea, TPMPublicArea.init(parsing:))
    guard certificate.publicKey == area.publicKey else { throw .endorsementKeyMismatch }
    try checkTemplate(area)
    return EndorsementKey(area: area, certificate: certificate, anchor: anchor)
  }

  private static func isForEndorsement(_ certificate: Certificate) -> Bool {
    guard !certificate.isAuthority, let key = certificate.publicKey else { return false }
    let needed: KeyUsage = key.algorithm.isRSA ? .keyEncipherment : .keyAgreement
    guard certificate.keyUsage?.contains(needed) ?? true else { return false }
    let purposes = certificate.extendedKeyUsages
    return purposes.isEmpty || purposes.contains(purpose) || purposes.contains(ExtendedKeyUsage.any)
  }

  private static func checkTemplate(_ area: TPMPublicArea) throws(AttestationFailure) {
    guard area.nameAlgorithm.isStrong else { throw .weakName }
    guard area.attributes.isSuperset(of: TPMObjectAttributes.residence.union([.restricted, .decrypt])),
      !area.attributes.contains(.sign), let symmetric = area.symmetric, [128, 256].contains(symmetric.keyBits)
    else { throw .endorsementKeyTemplate }
  }
}

extension AttestationFailure {
  /// Parses one structure, and names it where it cannot be read.
  static func read<Value>(
    _ what: String, _ octets: [UInt8], _ parse: ([UInt8]) throws(TPMStructureError) -> Value
  ) throws(AttestationFailure) -> Value {
    do throws(TPMStructureError) { return try parse(octets) } catch { throw .malformed(what, error) }
  }
}

import Credentials
import Registry

/// What a door found out about where a key lives: claims of evidence that it has checked.
public struct KeyResidence: Sendable, Hashable {
  /// SHA-256 of the key that the claims are about, as SubjectPublicKeyInfo.
  public let keyHash: [UInt8]
  /// SHA-256 of the endorsement key's SubjectPublicKeyInfo: which TPM it is.
  public let endorsementKeyHash: [UInt8]
  /// TPMT_PUBLIC of the attestation key that vouched.
  public let attestationKey: [UInt8]
  /// The trusted authority that vouches for the TPM, by its name.
  public let manufacturer: String

  public init(keyHash: [UInt8], endorsementKeyHash: [UInt8], attestationKey: [UInt8], manufacturer: String) {
    (self.keyHash, self.endorsementKeyHash) = (keyHash, endorsementKeyHash)
    (self.attestationKey, self.manufacturer) = (attestationKey, manufacturer)
  }

  /// The rule by which keys have to live in hardware.
  static let rule = "key"

  /// - Throws: a refusal where the profile wants a key in hardware and nothing shows that this one is, or where claims
  ///   are about another key.
  static func check(
    _ key: SubjectPublicKeyInfo, of applicant: Applicant, in context: DecisionContext
  ) throws(Refusal) {
    if let residence = context.residence {
      guard residence.keyHash == key.keyHash else {
        throw .policy(rule, "what was shown is about another key than the request's")
      }
      return
    }
    let profile = context.profile
    guard profile.requiresHardwareKey, !isShownAlready(key, of: applicant, under: profile.name) else { return }
    throw Refusal(
      .policy, "profile \(profile.name) wants a key that is shown to live in hardware", rule: rule,
      hint: "enroll with the TPM's evidence, or renew with the key that was shown")
  }

  /// A key that was shown to live in hardware stays there: a renewal with the same key needs no second proof.
  ///
  /// Only certificates of this profile count. `attested` elsewhere may be the word of a manufacturer over ACME, who may
  /// have certified a key in software, of a device whose TPM nobody knows.
  private static func isShownAlready(
    _ key: SubjectPublicKeyInfo, of applicant: Applicant, under profile: ProfileName
  ) -> Bool {
    let earlier = applicant.certificates + [applicant.parent].compactMap { $0 }
    return earlier.contains { $0.profile == profile && $0.keyHash == key.keyHash && $0.keyOrigin == .attested }
  }
}

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
  static func check(_ key: SubjectPublicKeyInfo, in context: DecisionContext) throws(Refusal) {
    if let residence = context.residence {
      guard residence.keyHash == key.keyHash else {
        throw .policy(rule, "what was shown is about another key than the request's")
      }
      return
    }
    guard !context.profile.requiresHardwareKey || context.isKeyShown else { throw notShown(context.profile.name) }
  }

  static func notShown(_ profile: ProfileName) -> Refusal {
    Refusal(
      .policy, "profile \(profile) wants a key that is shown to live in hardware", rule: rule,
      hint: "enroll with the TPM's evidence, or renew with the key that was shown")
  }

  /// A key that was shown to live in a TPM stays there: a renewal with the same key needs no second proof, as long as the
  /// TPM is the device's. What a manufacturer says of a key over ACME is no such proof.
  static func isShown(
    _ keyHash: [UInt8], by device: DeviceID, in reader: any StoreReader, of organization: OrganizationID
  ) throws -> Bool {
    guard let shown = try reader.keyResidence(keyHash: keyHash, in: organization), shown.device == device else {
      return false
    }
    return try reader.deviceTPM(of: device, in: organization)?.endorsementKeyHash == shown.endorsementKeyHash
  }
}

import Credentials

/// A key that signs nothing but what its TPM made: its attestations can be believed, once it is known whose TPM it is.
///
/// Which TPM that is, is shown by TPM2_ActivateCredential (`ActivationChallenge`), never by comparing keys.
public struct AttestationKey: Hashable, Sendable {
  public let area: TPMPublicArea
  let scheme: TPMScheme

  public var name: [UInt8] { area.name }
  public var publicKey: SubjectPublicKeyInfo { area.publicKey }

  /// Without `restricted`, a key signs forged quotes as readily as true ones (Part 1 §25.1.5).
  private static let demanded = TPMObjectAttributes.residence.union([.restricted, .sign])

  public init(publicArea: [UInt8]) throws(AttestationFailure) {
    try self.init(AttestationFailure.read("the attestation key", publicArea, TPMPublicArea.init(parsing:)))
  }

  public init(_ area: TPMPublicArea) throws(AttestationFailure) {
    guard area.nameAlgorithm.isStrong else { throw .weakName }
    guard area.attributes.isSuperset(of: Self.demanded) else {
      throw .attestationKeyLacks(Self.demanded.subtracting(area.attributes).names)
    }
    guard !area.attributes.contains(.decrypt) else { throw .attestationKeyDecrypts }
    guard let scheme = area.scheme, Self.isUsable(scheme, for: area) else { throw .attestationKeyScheme }
    (self.area, self.scheme) = (area, scheme)
  }

  private static func isUsable(_ scheme: TPMScheme, for area: TPMPublicArea) -> Bool {
    guard scheme.hash?.isStrong ?? false else { return false }
    return switch area.parameters {
    case .rsa: scheme.algorithm == TPMAlgorithm.rsassa || scheme.algorithm == TPMAlgorithm.rsapss
    case .ecc: scheme.algorithm == TPMAlgorithm.ecdsa
    }
  }

}

extension AttestationKey: Attesting {
  /// Only the key's own scheme will do.
  public func allows(_ scheme: TPMScheme) -> Bool { scheme == self.scheme }
}

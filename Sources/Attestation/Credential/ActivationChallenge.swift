import Crypto
import WireFormats
import _CryptoExtras

/// What TPM2_MakeCredential gives (Part 3 §12.6), made without a TPM: only the TPM that holds the endorsement key's
/// private half, and an object of that Name, gets the secret out of it with TPM2_ActivateCredential.
public struct ActivationChallenge: Sendable {
  /// TPM2B_ID_OBJECT.
  public let credential: [UInt8]
  /// TPM2B_ENCRYPTED_SECRET.
  public let encryptedSecret: [UInt8]

  /// Octets of a secret: a TPM takes no more than a digest of the endorsement key's name algorithm.
  public static let secretSize = 32

  private static let label = "IDENTITY"

  /// Part 1 §24. The endorsement key was checked to be one: see `EndorsementKey`.
  ///
  /// - Parameters:
  ///   - name: Of the attestation key.
  ///   - random: For seeds; the ephemeral key of an ECC endorsement key is the library's own.
  public init(
    secret: [UInt8], for name: [UInt8], to endorsementKey: EndorsementKey, random: inout some RandomNumberGenerator
  ) throws(AttestationFailure) {
    let area = endorsementKey.area
    guard secret.count <= area.nameAlgorithm.size, let symmetric = area.symmetric else { throw .endorsementKeyTemplate }
    let seed: [UInt8]
    (seed, encryptedSecret) = try Self.seed(for: area, random: &random)
    let hash = area.nameAlgorithm
    let key = TPMKeyDerivation.a(
      hash, key: seed, label: "STORAGE", contextU: name, bits: Int(symmetric.keyBits))
    let identity = try Self.encrypt(TPMWriter.build { $0.sized(secret) }, key: key)
    let integrityKey = TPMKeyDerivation.a(hash, key: seed, label: "INTEGRITY", bits: hash.size * 8)
    let integrity = hash.authenticate(identity + name, key: integrityKey)
    credential = TPMWriter.build { writer in
      writer.sized(
        TPMWriter.build {
          $0.sized(integrity)
          $0.raw(identity)
        })
    }
  }

  private static func seed(
    for area: TPMPublicArea, random: inout some RandomNumberGenerator
  ) throws(AttestationFailure) -> (seed: [UInt8], encrypted: [UInt8]) {
    switch area.parameters {
    case .rsa(_, let exponent, let modulus):
      return try rsaSeed(area, modulus: modulus, exponent: exponent == 0 ? 65_537 : UInt64(exponent), random: &random)
    case .ecc(let curve, let x, let y):
      return try eccSeed(area.nameAlgorithm, curve, x: curve.padded(x), y: curve.padded(y))
    }
  }

  /// Part 1 §B.10.4: OAEP, its label with the terminating zero.
  private static func rsaSeed(
    _ area: TPMPublicArea, modulus: [UInt8], exponent: UInt64, random: inout some RandomNumberGenerator
  ) throws(AttestationFailure) -> (seed: [UInt8], encrypted: [UInt8]) {
    let hash = area.nameAlgorithm
    let seed = octets(hash.size, &random)
    guard
      let message = OAEP.encode(
        seed, label: Array(label.utf8) + [0], hash: hash, length: modulus.count, seed: octets(hash.size, &random)),
      let encrypted = ModularPower(modulus: modulus)?.power(message, exponent)
    else { throw .endorsementKeyTemplate }
    return (seed, TPMWriter.build { $0.sized(encrypted) })
  }

  /// Part 1 §C.6.4: one-pass Diffie-Hellman with an ephemeral key.
  private static func eccSeed(
    _ hash: TPMHashAlgorithm, _ curve: TPMCurve, x: [UInt8], y: [UInt8]
  ) throws(AttestationFailure) -> (seed: [UInt8], encrypted: [UInt8]) {
    guard let agreed = try? agree(curve, point: [4] + x + y) else { throw .endorsementKeyTemplate }
    let (ephemeralX, ephemeralY) = (
      Array(agreed.point.dropFirst().prefix(curve.coordinate)), Array(agreed.point.suffix(curve.coordinate))
    )
    let seed = TPMKeyDerivation.e(
      hash, shared: agreed.shared, label: label, partyU: ephemeralX, partyV: x, bits: hash.size * 8)
    let encrypted = TPMWriter.build { writer in
      writer.sized(
        TPMWriter.build {
          $0.sized(ephemeralX)
          $0.sized(ephemeralY)
        })
    }
    return (seed, encrypted)
  }

  private static func agree(_ curve: TPMCurve, point: [UInt8]) throws -> (shared: [UInt8], point: [UInt8]) {
    switch curve {
    case .p256:
      let own = P256.KeyAgreement.PrivateKey(compactRepresentable: false)
      let shared = try own.sharedSecretFromKeyAgreement(with: .init(x963Representation: point))
      return (shared.withUnsafeBytes { Array($0) }, Array(own.publicKey.x963Representation))
    case .p384:
      let own = P384.KeyAgreement.PrivateKey(compactRepresentable: false)
      let shared = try own.sharedSecretFromKeyAgreement(with: .init(x963Representation: point))
      return (shared.withUnsafeBytes { Array($0) }, Array(own.publicKey.x963Representation))
    }
  }

  /// AES in CFB with a zero vector: each key is used once.
  private static func encrypt(_ plain: [UInt8], key: [UInt8]) throws(AttestationFailure) -> [UInt8] {
    do {
      let vector = try AES._CFB.IV(ivBytes: [UInt8](repeating: 0, count: 16))
      return Array(try AES._CFB.encrypt(plain, using: SymmetricKey(data: key), iv: vector))
    } catch {
      throw .endorsementKeyTemplate
    }
  }

  private static func octets(_ count: Int, _ random: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}

import Attestation
import Credentials
import Issuance
import KeyCustody
import WireFormats

/// Signs results with a key of the installation's own, made when it is first asked for.
public actor ResultSigner {
  private static let keyName = "attestation-results"

  private let keys: SealedKeyStore
  private var opening: Task<SoftwareKey, any Error>?

  public init(keys: SealedKeyStore) { self.keys = keys }

  /// - Throws: `unavailable` when the key's home is.
  func token(of result: AttestationResult) async throws(Refusal) -> String {
    let key = try await key()
    let token = EntityAttestationToken(result, signedBy: key.publicKey)
    do throws(SigningError) {
      let signature = try await key.sign(token.signingInput)
      guard let text = token.token(signature: signature) else {
        throw SigningError.refused("the signature is not one of this key")
      }
      return text
    } catch {
      throw Refusal(.unavailable, "the result cannot be signed now", detail: "\(error)")
    }
  }

  /// RFC 7517 §5: the keys that third parties check results with.
  public func keySet() async throws(Refusal) -> JSONValue {
    let key = try await key().publicKey
    // An uncompressed point: 4, then both coordinates.
    let point = Array(key.keyOctets.dropFirst())
    return [
      "keys": [
        [
          "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
          "kid": .string(EntityAttestationToken.keyID(of: key)),
          "x": .string(Base64.encodeURL(point.prefix(32))), "y": .string(Base64.encodeURL(point.dropFirst(32))),
        ]
      ]
    ]
  }

  private func key() async throws(Refusal) -> SoftwareKey {
    // One key, whoever asks first.
    let task = opening ?? Task { [keys] in try await Self.open(keys) }
    opening = task
    do {
      return try await task.value
    } catch {
      opening = nil
      throw Refusal(.unavailable, "the key that signs results cannot be opened", detail: "\(error)")
    }
  }

  private static func open(_ keys: SealedKeyStore) async throws -> SoftwareKey {
    let purpose = CustodyPurpose.attestationResults
    if keys.names().contains(keyName) { return try keys.signer(named: keyName, purpose: purpose) }
    return try await keys.generated(name: keyName, purpose: purpose, algorithm: .p256)
  }
}

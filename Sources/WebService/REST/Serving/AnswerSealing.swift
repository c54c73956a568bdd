import KeyCustody

/// Closes kept answers while they rest in the store: an answer may show a secret, of which the store otherwise keeps
/// only the digest.
public struct AnswerSealing: Sendable {
  let seal: @Sendable ([UInt8]) throws -> [UInt8]
  let open: @Sendable ([UInt8]) throws -> [UInt8]

  /// Under a custody key, as every secret that must be read again is.
  public init(custody keys: SealedKeyStore) {
    seal = { try keys.seal($0, purpose: Self.purpose) }
    open = { try keys.unseal($0, purpose: Self.purpose).withBytes { Array($0) } }
  }

  private static let purpose = "kept-answer"
}

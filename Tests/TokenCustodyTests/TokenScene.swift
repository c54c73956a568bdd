import Credentials
import KeyCustody
import PKCS11
import TestKit
import TokenCustody

/// A token of SoftHSM and a pool on it, with short bounds.
struct TokenScene {
  let token: SoftToken
  let pool: TokenPool
  let keys: TokenKeys

  static func with(_ patience: Duration = .seconds(20), _ body: (TokenScene) async throws -> Void) async throws {
    let token = try await SoftToken()
    var limits = TokenPool.Limits()
    limits.patience = patience
    limits.probe = .milliseconds(200)
    let pool = try TokenPool(try PKCS11URI(parsing: token.uri), pin: TokenPIN(.file(token.pinFile)), limits: limits)
    defer { pool.stop() }
    try await body(
      TokenScene(token: token, pool: pool, keys: TokenKeys(sealed: nil, tokens: [pool], makesOnToken: true)))
  }

  func key(_ algorithm: KeyAlgorithm = .p256, named name: String = "operational-1") async throws -> HeldKey {
    try await keys.makeAuthorityKey(name, algorithm: algorithm, in: .usual)
  }

  /// Signs, and says whether others would verify it.
  func signs(_ signer: any Signer) async throws -> Bool {
    let message = Array("what is signed".utf8)
    return signer.publicKey.isValidSignature(try await signer.sign(message), over: message, algorithm: signer.algorithm)
  }

  /// Why it does not sign; nil when it does.
  func obstacle(_ signer: any Signer) async -> SigningError? {
    do throws(SigningError) {
      _ = try await signer.sign([1, 2, 3])
      return nil
    } catch { return error }
  }

  /// Waits until the condition holds; false after a minute.
  func eventually(_ condition: () async -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while .now < end {
      if await condition() { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}

import Credentials
import KeyCustody
import PKCS11

/// A private key on a token: it signs there and is never seen here.
public struct TokenSigner: Signer {
  public let publicKey: SubjectPublicKeyInfo
  public let algorithm: SignatureAlgorithm
  /// Where the key is.
  public let uri: PKCS11URI
  private let pool: TokenPool

  /// - Parameter algorithm: what the key's kind signs with when nil.
  public init(
    _ uri: PKCS11URI, publicKey: SubjectPublicKeyInfo, algorithm: SignatureAlgorithm? = nil, on pool: TokenPool
  ) {
    (self.uri, self.publicKey, self.pool) = (uri, publicKey, pool)
    self.algorithm = algorithm ?? publicKey.algorithm.signatureAlgorithm
  }

  public func sign(_ message: [UInt8]) async throws(SigningError) -> [UInt8] {
    let mechanism = SigningMechanism(algorithm)
    let input = mechanism.input(message)
    do throws(TokenError) {
      return try await pool.run(.signature) { session, keys throws(TokenError) in
        if let known = keys.handles[uri] { return try sign(input, key: known, mechanism, on: session) }
        let found = try key(on: session)
        let signature = try sign(input, key: found, mechanism, on: session)
        // Once for each session: another key under the same name would sign what nobody can verify.
        guard publicKey.isValidSignature(signature, over: message, algorithm: algorithm) else {
          throw .keyMissing("the key \(uri) on the token is not the one of the authority's certificate")
        }
        keys.handles[uri] = found
        return signature
      }
    } catch { throw error.asSigningError }
  }

  /// The key was there when its authority was certified. A module whose token was taken away may say of a session that it
  /// still has that there is none: that is for the next session to find out, and no answer yet.
  private func key(on session: TokenSession) throws(TokenError) -> UInt {
    do throws(TokenError) { return try session.key(uri) } catch {
      guard case .keyMissing(let reason) = error else { throw error }
      throw .away(reason)
    }
  }

  private func sign(
    _ input: [UInt8], key: UInt, _ mechanism: SigningMechanism, on session: TokenSession
  ) throws(TokenError) -> [UInt8] {
    guard let signature = mechanism.x509(try session.sign(input, key: key, mechanism: mechanism)) else {
      throw .refused("the token gave no signature for \(mechanism.name)")
    }
    return signature
  }
}

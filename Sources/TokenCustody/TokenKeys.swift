import Credentials
import KeyCustody
import PKCS11

/// Authorities' keys on tokens, with the sealed store beside them: each authority's record says where its key lives.
public struct TokenKeys: AuthorityKeys {
  /// Holds what is not on a token.
  private let sealed: SealedKeyStore?
  public let pools: [TokenPool]
  /// Where `.usual` makes keys.
  private let makesOnToken: Bool

  /// - Parameters:
  ///   - sealed: nil where tokens are the only home.
  ///   - makesOnToken: whether new keys go onto the first token where nothing else is said.
  public init(sealed: SealedKeyStore?, tokens: [TokenPool], makesOnToken: Bool) {
    (self.sealed, pools, self.makesOnToken) = (sealed, tokens, makesOnToken)
  }

  public var health: [TokenHealth] { pools.map(\.health) }

  /// Ends the tokens' threads.
  public func stop() { for pool in pools { pool.stop() } }

  public func authorityKey(
    named name: String, publicKey: SubjectPublicKeyInfo
  ) throws(CustodyError) -> (any Signer)? {
    guard TokenKeyName.isToken(name) else { return try sealed?.authorityKey(named: name, publicKey: publicKey) }
    let uri = try Self.parse(name)
    return TokenSigner(uri, publicKey: publicKey, on: try pool(of: uri))
  }

  public func makeAuthorityKey(
    _ name: String, algorithm: KeyAlgorithm, in place: KeyPlace
  ) async throws(CustodyError) -> HeldKey {
    guard let pool = try pool(for: place) else {
      guard let sealed else { throw .token("no home for the key \(name) is configured") }
      return try await sealed.makeAuthorityKey(name, algorithm: algorithm, in: .usual)
    }
    // 16 random octets: the public key, which others make it from, is not there before the key.
    let id = SecretBytes.random(count: 16).withBytes { Array($0) }
    do throws(TokenError) {
      // An RSA key takes a small token up to a minute.
      let key = try await pool.run(.change, within: .seconds(90)) { session, _ throws(TokenError) in
        try session.make(algorithm, label: name, id: id)
      }
      let uri = pool.uri.key(object: name, id: id)
      return HeldKey(name: uri.description, signer: TokenSigner(uri, publicKey: key, on: pool))
    } catch { throw .token(error.reason) }
  }

  public func findAuthorityKey(
    _ name: String, publicKey: SubjectPublicKeyInfo
  ) async throws(CustodyError) -> HeldKey? {
    if let held = try await sealed?.findAuthorityKey(name, publicKey: publicKey) { return held }
    var away: TokenError?
    for pool in pools {
      let wanted = pool.uri.key(object: name, id: nil)
      do throws(TokenError) {
        let id = try await pool.run(.look) { session, _ throws(TokenError) in
          try session.attribute(CKA.id, of: try session.key(wanted))
        }
        let uri = pool.uri.key(object: name, id: id.flatMap { (1...64).contains($0.count) ? $0 : nil })
        return HeldKey(name: uri.description, signer: TokenSigner(uri, publicKey: publicKey, on: pool))
      } catch {
        if case .keyMissing = error { continue }
        away = error
      }
    }
    if let away { throw .token(away.reason) }
    return nil
  }

  /// Nil where the sealed store is meant.
  private func pool(for place: KeyPlace) throws(CustodyError) -> TokenPool? {
    switch place {
    case .usual: return makesOnToken ? pools.first : nil
    case .beside(let name): return TokenKeyName.isToken(name) ? try pool(of: Self.parse(name)) : nil
    case .token(let text):
      let uri = try Self.parse(text)
      // A caller may choose among the tokens and not bring one: a module is code that runs in this process.
      guard uri.modulePath == nil, uri.pinSource == nil, uri.object == nil, uri.id == nil else {
        throw .noToken("a URI with module-path, pin-source, object or id")
      }
      return try pool(of: uri)
    }
  }

  private func pool(of uri: PKCS11URI) throws(CustodyError) -> TokenPool {
    guard uri.namesAnyToken, let pool = pools.first(where: { $0.uri.namesToken(of: uri) }) else {
      throw .noToken(uri.tokenOnly.description)
    }
    return pool
  }

  private static func parse(_ text: String) throws(CustodyError) -> PKCS11URI {
    do throws(PKCS11URIError) { return try PKCS11URI(parsing: text) } catch { throw .token(error.description) }
  }
}

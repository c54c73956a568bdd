import Credentials

/// A private key together with the name under which an authority's record finds it again.
public struct HeldKey: Sendable {
  /// A sealed file's name, or the key's URI on its token (RFC 7512).
  public let name: String
  public let signer: any Signer

  public init(name: String, signer: any Signer) { (self.name, self.signer) = (name, signer) }
}

/// Where a new authority key shall live.
public enum KeyPlace: Hashable, Sendable {
  /// Where this installation makes keys.
  case usual
  /// Where the key of this recorded name lives.
  case beside(String)
  /// On the token that this URI names.
  case token(String)
}

/// The homes of authorities' keys: a sealed store, or tokens beside one.
public protocol AuthorityKeys: Sendable {
  /// The signer of a recorded key; nil where the key is in none of these homes. A token need not be there to be named:
  /// what it is asked to sign waits for it.
  func authorityKey(named name: String, publicKey: SubjectPublicKeyInfo) throws(CustodyError) -> (any Signer)?
  /// Makes a key, durable before this returns.
  ///
  /// - Parameter name: the authority's identifier; a sealed file and a token's object are named by it.
  func makeAuthorityKey(
    _ name: String, algorithm: KeyAlgorithm, in place: KeyPlace
  ) async throws(CustodyError) -> HeldKey
  /// The key that `makeAuthorityKey` made under this name, in whichever home it was; nil where there is none.
  func findAuthorityKey(_ name: String, publicKey: SubjectPublicKeyInfo) async throws(CustodyError) -> HeldKey?
}

extension SealedKeyStore: AuthorityKeys {
  public func authorityKey(
    named name: String, publicKey: SubjectPublicKeyInfo
  ) throws(CustodyError) -> (any Signer)? {
    guard !TokenKeyName.isToken(name) else { throw .noToken(name) }
    return names().contains(name) ? try signer(named: name, purpose: CustodyPurpose.authority) : nil
  }

  public func makeAuthorityKey(
    _ name: String, algorithm: KeyAlgorithm, in place: KeyPlace
  ) async throws(CustodyError) -> HeldKey {
    switch place {
    case .token(let uri): throw .noToken(uri)
    case .beside(let other) where TokenKeyName.isToken(other): throw .noToken(other)
    case .usual, .beside:
      return HeldKey(
        name: name, signer: try await generated(name: name, purpose: CustodyPurpose.authority, algorithm: algorithm))
    }
  }

  public func findAuthorityKey(
    _ name: String, publicKey: SubjectPublicKeyInfo
  ) async throws(CustodyError) -> HeldKey? {
    try authorityKey(named: name, publicKey: publicKey).map { HeldKey(name: name, signer: $0) }
  }
}

/// Tells recorded names of keys on tokens from names of sealed files, which never hold a colon.
public enum TokenKeyName {
  public static func isToken(_ name: String) -> Bool { name.hasPrefix("pkcs11:") }
}

import Crypto

/// A key in custody under which small secrets are sealed that lie elsewhere, in the registry's database.
///
/// AES-256-GCM with a random nonce. Unlike what `SealedKeyStore.seal` gives, what it seals opens after the key was taken
/// along into another store: a restored installation has the key, and its secrets with it.
public struct SealingKey: Sendable {
  static let length = 32
  /// NIST SP 800-38D §8.3 allows 2^32 random nonces a key: an installation makes far fewer secrets.
  private let key: SecretBytes

  init(_ key: SecretBytes) { self.key = key }

  /// - Parameter context: what the secret is and whose; it must be given again to open.
  /// - Returns: nonce (12), ciphertext, tag (16).
  public func seal(_ plaintext: SecretBytes, context: [String]) throws(CustodyError) -> [UInt8] {
    do {
      let box = try plaintext.withBytes { octets in
        try AES.GCM.seal(octets, using: symmetric, authenticating: Self.associatedData(context))
      }
      guard let combined = box.combined else { throw CustodyError.cryptographyFailed("sealing") }
      return Array(combined)
    } catch {
      throw .cryptographyFailed("sealing")
    }
  }

  /// Throws `tampered` for what was sealed with another key or context, or was changed since.
  public func open(_ sealed: [UInt8], context: [String]) throws(CustodyError) -> SecretBytes {
    do {
      let box = try AES.GCM.SealedBox(combined: sealed)
      var plaintext = try AES.GCM.open(box, using: symmetric, authenticating: Self.associatedData(context))
      defer { plaintext.withUnsafeMutableBytes { SecretBytes.wipe($0) } }
      return SecretBytes(copying: plaintext)
    } catch {
      throw .tampered(path: "sealed secret")
    }
  }

  private var symmetric: SymmetricKey { key.withBytes { SymmetricKey(data: $0) } }

  /// Each part with its length before it, so that no two contexts give the same octets.
  private static func associatedData(_ context: [String]) -> [UInt8] {
    context.flatMap { part in
      let octets = Array(part.utf8)
      return withUnsafeBytes(of: UInt64(octets.count).bigEndian) { Array($0) } + octets
    }
  }
}

extension SealedKeyStore {
  /// Opens a sealing key, or makes it where there is none; durable before this returns. Blocks.
  ///
  /// Throws `wrongPurpose`, `damaged`, `tampered` and whatever a file may.
  public func sealingKey(named name: String, purpose: String) throws(CustodyError) -> SealingKey {
    if names().contains(name) { return try openSealingKey(named: name, purpose: purpose) }
    try CustodyName.check(name)
    try CustodyName.check(purpose)
    let octets = SecretBytes.random(count: SealingKey.length)
    let item = try SealedItem.seal(octets, label: label(name, purpose, publicKey: []), keys: keys)
    try DurableFile.create(item.encoded, in: directory, name: name + Self.suffix)
    return SealingKey(octets)
  }

  private func openSealingKey(named name: String, purpose: String) throws(CustodyError) -> SealingKey {
    let (item, path) = try item(named: name)
    try check(item.label, name: name, purpose: purpose, path: path)
    let octets = try item.open(keys: keys, path: path)
    guard octets.count == SealingKey.length, item.label.publicKey.isEmpty else {
      throw .damaged(path: path, what: "what it seals is no sealing key")
    }
    return SealingKey(octets)
  }
}

import Crypto

/// What comes out of a store's secret, once per process.
struct StoreKeys: Sendable {
  /// Wraps items; never used for anything else.
  private let wrapping: SymmetricKey
  private let sealing: SymmetricKey
  /// Stored in the header: tells a wrong secret from an altered header, and nothing about the other keys.
  let verifier: [UInt8]

  init(secret: UnsealingSecret, header: StoreHeader, directory: String) throws(CustodyError) {
    let root: SymmetricKey
    switch (secret, header.derivation) {
    case (.passphrase(let passphrase), .scrypt(let cost)):
      // The library traps on an empty passphrase.
      guard !passphrase.isEmpty else { throw .emptySecret(source: "the passphrase") }
      root = try cost.key(from: passphrase, salt: header.salt)
    case (.machineLocal(let octets), .hkdf):
      // No stretching: 256 random bits cannot be guessed.
      guard octets.count == 32 else { throw .wrongMachineSecret(directory: directory) }
      let salt = header.salt
      root = octets.withBytes { octets in
        let key = SymmetricKey(data: octets)
        return HKDF<SHA256>.deriveKey(inputKeyMaterial: key, salt: salt, outputByteCount: 32)
      }
    case (_, let derivation): throw .wrongKindOfSecret(directory: directory, wanted: derivation.kind)
    }
    wrapping = Self.expand(root, "wrapping")
    sealing = Self.expand(root, "header")
    verifier = Self.expand(root, "verifier").withUnsafeBytes { Array($0) }
  }

  /// RFC 5869 §2.3, one key for one use.
  private static func expand(_ root: SymmetricKey, _ use: String) -> SymmetricKey {
    HKDF<SHA256>.expand(pseudoRandomKey: root, info: Array("touchmark/custody/1/\(use)".utf8), outputByteCount: 32)
  }

  /// HMAC-SHA-256 over the header's lines.
  func seal(_ body: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: body, using: sealing))
  }

  /// A key for one item, from its salt: nonces need not be unique across items.
  func itemKey(salt: [UInt8]) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: wrapping, salt: salt, info: Array("touchmark/custody/1/item".utf8), outputByteCount: 32)
  }
}

import Crypto

/// One private key or secret under AES-256-GCM, with what it is in the clear and authenticated (docs/custody.md).
struct SealedItem: Hashable, Sendable {
  static let magic = Array("TMSEALED".utf8)
  static let version: UInt8 = 1
  static let maximumSize = 64 * 1024

  /// What the associated data says.
  struct Label: Hashable, Sendable {
    var organization: String
    var storeID: [UInt8]
    /// The key's identifier.
    var name: String
    var purpose: String
    /// The SubjectPublicKeyInfo; empty for a secret that is no key.
    var publicKey: [UInt8]
  }

  let label: Label
  /// 16 random octets from which the item's own key is derived.
  let salt: [UInt8]
  /// Nonce (12), ciphertext, tag (16).
  let box: [UInt8]

  /// The associated data: everything before the box.
  private var head: [UInt8] {
    var octets = Self.magic
    octets.append(Self.version)
    for field in [
      Array(label.organization.utf8), label.storeID, Array(label.name.utf8), Array(label.purpose.utf8),
      label.publicKey, salt,
    ] {
      octets.append(UInt8(truncatingIfNeeded: field.count >> 8))
      octets.append(UInt8(truncatingIfNeeded: field.count))
      octets.append(contentsOf: field)
    }
    return octets
  }

  var encoded: [UInt8] {
    let size = UInt32(truncatingIfNeeded: box.count)
    return head + withUnsafeBytes(of: size.bigEndian) { Array($0) } + box
  }

  /// The label's parts are bounded by the store's name rules, far under the 65,535 octets of a field.
  static func seal(_ plaintext: SecretBytes, label: Label, keys: StoreKeys) throws(CustodyError) -> SealedItem {
    guard plaintext.count <= maximumSize / 2, label.publicKey.count <= 4096 else { throw .tooLarge(path: label.name) }
    let salt = SecretBytes.random(count: 16).withBytes { Array($0) }
    let unsealed = SealedItem(label: label, salt: salt, box: [])
    do {
      let box = try plaintext.withBytes { octets in
        try AES.GCM.seal(octets, using: keys.itemKey(salt: salt), authenticating: unsealed.head)
      }
      guard let combined = box.combined else { throw CustodyError.cryptographyFailed("sealing") }
      return SealedItem(label: label, salt: salt, box: Array(combined))
    } catch {
      throw .cryptographyFailed("sealing")
    }
  }

  func open(keys: StoreKeys, path: String) throws(CustodyError) -> SecretBytes {
    do {
      let sealed = try AES.GCM.SealedBox(combined: box)
      var plaintext = try AES.GCM.open(sealed, using: keys.itemKey(salt: salt), authenticating: head)
      defer { plaintext.withUnsafeMutableBytes { SecretBytes.wipe($0) } }
      return SecretBytes(copying: plaintext)
    } catch {
      throw .tampered(path: path)
    }
  }
}

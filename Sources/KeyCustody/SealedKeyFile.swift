import Credentials
import WireFormats

/// Private keys in one file under a passphrase of its own, to be carried and kept away from the machine that they were
/// made on (docs/custody.md).
///
/// It is the header of a sealed store and its sealed items, one a line, with a seal over all of it, so that no key can be
/// left out unseen.
public struct SealedKeyFile: Sendable {
  public let path: String
  public let organization: String
  /// What its maker noted beside the keys, one line: it is sealed with them, and said to nobody who has not the
  /// passphrase.
  public let remark: String
  private let items: [SealedItem]
  private let keys: StoreKeys

  static let title = "touchmark sealed keys, version 1"
  static let maximumSize = 1 << 20
  static let maximumKeys = 16
  private static let keyLine = "key: "
  private static let remarkLine = "remark: "
  private static let sealLine = "seal: "

  /// Opens with the passphrase that it was made with. Blocks for scrypt's half second; `opened` does it elsewhere.
  ///
  /// Throws `wrongPassphrase`, `truncated`, `damaged`, `tampered`, `fileFailed`.
  public static func open(_ path: String, secret: UnsealingSecret) throws(CustodyError) -> SealedKeyFile {
    try open(path, secret: secret, bounds: .standard)
  }

  package static func open(
    _ path: String, secret: UnsealingSecret, bounds: ScryptBounds
  ) throws(CustodyError) -> SealedKeyFile {
    let parts = try Parts(path)
    let unchecked = try UncheckedStoreHeader(parsing: parts.header, path: path, bounds: bounds)
    let keys = try StoreKeys(secret: secret, header: unchecked.header, directory: path)
    try unchecked.check(keys, directory: path)
    guard ConstantTime.areEqual(keys.seal(parts.sealed), parts.seal) else { throw .tampered(path: path) }
    for item in parts.items {
      guard item.label.organization == unchecked.header.organization, item.label.storeID == unchecked.header.storeID
      else { throw .foreignStore(path: path) }
    }
    return SealedKeyFile(
      path: path, organization: unchecked.header.organization, remark: parts.remark, items: parts.items, keys: keys)
  }

  /// `open` on a thread of its own.
  public static func opened(_ path: String, secret: UnsealingSecret) async throws(CustodyError) -> SealedKeyFile {
    try await OwnThread.run { () throws(CustodyError) in try open(path, secret: secret) }
  }

  /// The names of its keys, as they stand in the clear; believed only when one is opened.
  public static func names(in path: String) throws(CustodyError) -> [String] { try Parts(path).items.map(\.label.name) }

  public var names: [String] { items.map(\.label.name) }

  /// Throws `missingKey`, `wrongPurpose`, `tampered`, `damaged`.
  public func signer(named name: String, purpose: String) throws(CustodyError) -> SoftwareKey {
    guard let item = items.first(where: { $0.label.name == name }) else {
      throw .missingKey(name: name, directory: path)
    }
    guard item.label.purpose == purpose else {
      throw .wrongPurpose(path: path, expected: purpose, found: item.label.purpose)
    }
    return try SoftwareKey(opening: item, keys: keys, path: path, isExportable: false)
  }

  /// A file's lines, of which nothing is believed yet.
  private struct Parts {
    let header: SecretBytes
    let remark: String
    let items: [SealedItem]
    /// What the seal is over.
    let sealed: [UInt8]
    let seal: [UInt8]

    init(_ path: String) throws(CustodyError) {
      guard let octets = try DurableFile.read(path, limit: maximumSize, mustBePrivate: false) else {
        throw .fileFailed(path: path, reason: "no such file")
      }
      let text = octets.withBytes { String(decoding: $0, as: UTF8.self) }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.first == SealedKeyFile.title[...] else {
        throw .damaged(path: path, what: "it is no file of sealed keys")
      }
      // The title, nine lines of a header, the remark, keys, the seal, and what is after the last line feed.
      guard lines.count >= 14, lines.last == "" else { throw .truncated(path: path) }
      guard lines.count <= 13 + maximumKeys else { throw .tooLarge(path: path) }
      header = SecretBytes(copying: Array((lines[1...9].joined(separator: "\n") + "\n").utf8))
      guard lines[10].hasPrefix(remarkLine) else { throw .damaged(path: path, what: "its remark is missing") }
      remark = String(lines[10].dropFirst(remarkLine.count))
      var items: [SealedItem] = []
      for line in lines[11..<(lines.count - 2)] {
        guard line.hasPrefix(keyLine), let octets = Base64.decode(Array(line.dropFirst(keyLine.count).utf8)) else {
          throw .damaged(path: path, what: "a line of it is no key")
        }
        items.append(try SealedItem(parsing: octets, path: path))
      }
      self.items = items
      let last = lines[lines.count - 2]
      guard last.hasPrefix(sealLine), let seal = Hex.decode(last.dropFirst(sealLine.count)) else {
        throw .truncated(path: path)
      }
      self.seal = seal
      sealed = Array((lines[..<(lines.count - 2)].joined(separator: "\n") + "\n").utf8)
    }
  }

  private init(path: String, organization: String, remark: String, items: [SealedItem], keys: StoreKeys) {
    (self.path, self.organization, self.remark, self.items, self.keys) = (path, organization, remark, items, keys)
  }
}

extension SealedKeyFile {
  /// Seals every key of a store anew into a file that is not there yet, mode 0600, durable when this returns.
  ///
  /// - Parameter secret: a passphrase: what opens the file must not lie on the machine.
  public static func export(
    _ store: SealedKeyStore, to path: String, remark: String, secret: UnsealingSecret
  ) throws(CustodyError) {
    try export(store, to: path, remark: remark, secret: secret, bounds: .standard)
  }

  package static func export(
    _ store: SealedKeyStore, to path: String, remark: String, secret: UnsealingSecret, bounds: ScryptBounds
  ) throws(CustodyError) {
    var plain: [(name: String, purpose: String, publicKey: [UInt8], octets: SecretBytes)] = []
    for name in store.names() { plain.append(try store.unsealed(name)) }
    try create(path, organization: store.organization, keys: plain, remark: remark, secret: secret, bounds: bounds)
  }

  /// Makes a key that never lay anywhere else.
  public static func generate(
    _ path: String, organization: String, name: String, purpose: String, algorithm: KeyAlgorithm, remark: String,
    secret: UnsealingSecret
  ) throws(CustodyError) -> SoftwareKey {
    let key = try SoftwareKey.generate(algorithm)
    try create(
      path, organization: organization, keys: [(name, purpose, key.publicKey.encoded, key.material.pkcs8)],
      remark: remark, secret: secret, bounds: .standard)
    return try key.sealedIn(exportable: false)
  }

  private static func create(
    _ path: String, organization: String,
    keys plain: [(name: String, purpose: String, publicKey: [UInt8], octets: SecretBytes)], remark: String,
    secret: UnsealingSecret, bounds: ScryptBounds
  ) throws(CustodyError) {
    guard case .passphrase = secret else { throw .wrongKindOfSecret(directory: path, wanted: .passphrase) }
    guard !plain.isEmpty, plain.count <= maximumKeys, remark.utf8.count <= 1024,
      remark.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
    else { throw .tooLarge(path: path) }
    guard !DurableFile.exists(path) else { throw .alreadyExists(path) }
    let header = StoreHeader(
      organization: organization, storeID: SecretBytes.random(count: 16).withBytes { Array($0) },
      derivation: .scrypt(bounds.cost), salt: SecretBytes.random(count: 32).withBytes { Array($0) })
    let keys = try StoreKeys(secret: secret, header: header, directory: path)
    var text = title + "\n" + String(decoding: header.encoded(keys: keys), as: UTF8.self)
    text += remarkLine + remark + "\n"
    for key in plain {
      let label = SealedItem.Label(
        organization: organization, storeID: header.storeID, name: key.name, purpose: key.purpose,
        publicKey: key.publicKey)
      text += keyLine + Base64.encode(try SealedItem.seal(key.octets, label: label, keys: keys).encoded) + "\n"
    }
    text += sealLine + Hex.encode(keys.seal(Array(text.utf8))) + "\n"
    let slash = path.lastIndex(of: "/")
    try DurableFile.create(
      Array(text.utf8), in: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".",
      name: slash.map { String(path[path.index(after: $0)...]) } ?? path)
  }
}

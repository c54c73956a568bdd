import Credentials
import WireFormats

/// A directory of private keys, each in a sealed file of its own, under one secret (docs/custody.md).
///
/// The value holds the opened wrapping key: scrypt runs once, when it is made or opened. `create`, `open` and
/// `generate` block; on the cooperative pool use `created`, `opened` and `generated`.
public struct SealedKeyStore: Sendable {
  public let directory: String
  public let organization: String
  /// What the store is sealed under.
  public let secretKind: SecretKind
  let storeID: [UInt8]
  let keys: StoreKeys

  /// Makes the directory (0700, its parent must be there) and the header. Never touches a store that is there.
  public static func create(
    directory: String, organization: String, secret: UnsealingSecret
  ) throws(CustodyError) -> SealedKeyStore {
    try create(directory: directory, organization: organization, secret: secret, bounds: .standard)
  }

  package static func create(
    directory: String, organization: String, secret: UnsealingSecret, bounds: ScryptBounds
  ) throws(CustodyError) -> SealedKeyStore {
    try CustodyName.check(organization: organization)
    try DurableFile.makeDirectory(directory)
    // Seen before scrypt's half second; what decides is that the header is created without replacing.
    let path = "\(directory)/\(StoreHeader.fileName)"
    guard !DurableFile.exists(path) else { throw .alreadyExists(path) }
    let header = StoreHeader(
      organization: organization, storeID: randomOctets(16), derivation: derivation(for: secret, bounds),
      salt: randomOctets(32))
    let keys = try StoreKeys(secret: secret, header: header, directory: directory)
    try DurableFile.create(header.encoded(keys: keys), in: directory, name: StoreHeader.fileName)
    return SealedKeyStore(header: header, keys: keys, directory: directory)
  }

  /// Opens with the secret that it was made with.
  public static func open(
    directory: String, organization: String, secret: UnsealingSecret
  ) throws(CustodyError) -> SealedKeyStore {
    try open(directory: directory, organization: organization, secret: secret, bounds: .standard)
  }

  package static func open(
    directory: String, organization: String, secret: UnsealingSecret, bounds: ScryptBounds
  ) throws(CustodyError) -> SealedKeyStore {
    let unchecked = try readHeader(directory: directory, bounds: bounds)
    let header = unchecked.header
    let keys = try StoreKeys(secret: secret, header: header, directory: directory)
    try unchecked.check(keys, directory: directory)
    guard header.organization == organization else {
      throw .wrongOrganization(path: directory, expected: organization, found: header.organization)
    }
    return SealedKeyStore(header: header, keys: keys, directory: directory)
  }

  /// Which kind of secret a store wants, before it is opened.
  public static func secretKind(directory: String) throws(CustodyError) -> SecretKind {
    // Bounds do not matter to the kind: they are looked at when the store is opened.
    try readHeader(directory: directory, bounds: .forTests).header.derivation.kind
  }

  private static func readHeader(
    directory: String, bounds: ScryptBounds
  ) throws(CustodyError) -> UncheckedStoreHeader {
    let path = "\(directory)/\(StoreHeader.fileName)"
    guard let octets = try DurableFile.read(path, limit: StoreHeader.maximumSize) else {
      throw .notAStore(directory: directory)
    }
    try DurableFile.checkPrivate(directory)
    return try UncheckedStoreHeader(parsing: octets, path: path, bounds: bounds)
  }

  private init(header: StoreHeader, keys: StoreKeys, directory: String) {
    (self.directory, self.keys) = (directory, keys)
    (organization, storeID, secretKind) = (header.organization, header.storeID, header.derivation.kind)
  }

  private static func derivation(for secret: UnsealingSecret, _ bounds: ScryptBounds) -> StoreHeader.Derivation {
    switch secret {
    case .passphrase: .scrypt(bounds.cost)
    case .machineLocal: .hkdf
    }
  }

  private static func randomOctets(_ count: Int) -> [UInt8] {
    SecretBytes.random(count: count).withBytes { Array($0) }
  }
}

extension SealedKeyStore {
  /// `create` on a thread of its own.
  public static func created(
    directory: String, organization: String, secret: UnsealingSecret
  ) async throws(CustodyError) -> SealedKeyStore {
    try await OwnThread.run { () throws(CustodyError) in
      try create(directory: directory, organization: organization, secret: secret)
    }
  }

  /// `open` on a thread of its own.
  public static func opened(
    directory: String, organization: String, secret: UnsealingSecret
  ) async throws(CustodyError) -> SealedKeyStore {
    try await OwnThread.run { () throws(CustodyError) in
      try open(directory: directory, organization: organization, secret: secret)
    }
  }
}

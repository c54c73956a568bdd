import Credentials
import Crypto
import WireFormats

/// A private key on P-256, held in memory: the home for devices that have neither a TPM nor a token.
///
/// The randomness is passed in, so that a rehearsal repeats itself; a device passes the system's.
public struct SoftwareDeviceKey: DeviceKey {
  private let key: P256.Signing.PrivateKey
  public let publicKey: SubjectPublicKeyInfo

  public static func generate(using random: inout some RandomNumberGenerator) -> SoftwareDeviceKey? {
    // FIPS 186-5 A.2.2: a candidate outside of 1 ... n-1 is thrown away; on this curve one in four thousand million is.
    for _ in 0..<8 {
      let octets = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next() as UInt64) { Array($0) } }
      if let key = SoftwareDeviceKey(octets: octets) { return key }
    }
    return nil
  }

  /// From the 32 octets that `octets` gave; nil when they are no key.
  public init?(octets: some Collection<UInt8>) {
    guard octets.count == Self.size, let key = try? P256.Signing.PrivateKey(rawRepresentation: Array(octets)) else {
      return nil
    }
    self.init(key)
  }

  /// From PKCS#8 in DER; nil for any other kind of key.
  public init?(pkcs8: [UInt8]) {
    guard let key = try? P256.Signing.PrivateKey(derRepresentation: pkcs8) else { return nil }
    self.init(key)
  }

  private init?(_ key: P256.Signing.PrivateKey) {
    guard let publicKey = try? SubjectPublicKeyInfo(parsing: Array(key.publicKey.derRepresentation)) else { return nil }
    self.key = key
    self.publicKey = publicKey
  }

  public static let size = 32
  static let label = "PRIVATE KEY"

  public var home: String { SoftwareKeyHome.name }
  /// Secret: what a device keeps in its own memory and shows nobody.
  public var octets: [UInt8] { Array(key.rawRepresentation) }
  /// Secret: PKCS#8 in DER, as TLS libraries want it.
  public var pkcs8: [UInt8] { Array(key.derRepresentation) }
  /// Secret: PKCS#8 (RFC 5958), which every TLS library reads.
  public var storedForm: PEM { PEM(label: Self.label, bytes: pkcs8) }

  public func signature(over message: [UInt8]) throws -> [UInt8] {
    Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
  }
}

/// Keys that are made by this program and lie in a file that only its owner can read. It protects against other users of
/// the machine, and against nobody who has the machine.
public struct SoftwareKeyHome: DeviceKeyHome {
  static let name = "file"

  /// The source of randomness gave nothing that is a key.
  public struct NoKey: Error {}

  public init() {}

  public var name: String { Self.name }

  public func makeKey(using random: inout some RandomNumberGenerator) throws -> any DeviceKey {
    guard let key = SoftwareDeviceKey.generate(using: &random) else { throw NoKey() }
    return key
  }

  public func key(from stored: PEM) throws -> (any DeviceKey)? {
    guard stored.label == SoftwareDeviceKey.label else { return nil }
    return SoftwareDeviceKey(pkcs8: stored.bytes)
  }
}

import Credentials
import Crypto
import WireFormats

/// A device's private key on P-256, held in memory.
///
/// The randomness is passed in, so that a rehearsal repeats itself; a device passes the system's.
public struct DeviceKey: Sendable {
  private let key: P256.Signing.PrivateKey
  public let publicKey: SubjectPublicKeyInfo

  public static func generate(using random: inout some RandomNumberGenerator) -> DeviceKey? {
    // FIPS 186-5 A.2.2: a candidate outside of 1 ... n-1 is thrown away; on this curve one in four thousand million is.
    for _ in 0..<8 {
      let octets = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next() as UInt64) { Array($0) } }
      if let key = DeviceKey(octets: octets) { return key }
    }
    return nil
  }

  /// From the 32 octets that `octets` gave; nil when they are no key.
  public init?(octets: some Collection<UInt8>) {
    guard octets.count == Self.size, let key = try? P256.Signing.PrivateKey(rawRepresentation: Array(octets)),
      let publicKey = try? SubjectPublicKeyInfo(parsing: Array(key.publicKey.derRepresentation))
    else { return nil }
    self.key = key
    self.publicKey = publicKey
  }

  public static let size = 32

  /// Secret: what a device keeps in its own memory and shows nobody.
  public var octets: [UInt8] { Array(key.rawRepresentation) }
  /// Secret: PKCS#8 in DER, as TLS libraries want it.
  public var pkcs8: [UInt8] { Array(key.derRepresentation) }

  /// PKCS#10 for this key, as DER; nil when the key does not sign.
  func certificationRequest(for serial: String) -> [UInt8]? {
    let subject = DistinguishedName([.init(type: AttributeType.serialNumber, value: serial)])
    return try? CertificationRequest.encode(subject: subject, publicKey: publicKey) {
      Array(try key.signature(for: SHA256.hash(data: $0)).derRepresentation)
    }
  }
}

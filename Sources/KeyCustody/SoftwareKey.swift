import Credentials
import Crypto
import WireFormats
import _CryptoExtras

/// A private key in this process's memory.
///
/// It signs synchronously (`signature(over:)`), in 14 µs (P-256) to some ms (RSA-4096), so that it needs no thread of
/// its own. Keys that come out of custody give out no private octets, except for TLS (`CustodyPurpose.serverTLS`).
public struct SoftwareKey: Signer {
  public let publicKey: SubjectPublicKeyInfo
  public var algorithm: SignatureAlgorithm { publicKey.algorithm.signatureAlgorithm }
  let material: Material
  /// Whether `pkcs8` and `pkcs8PEM` give anything.
  public let isExportable: Bool

  enum Material: Sendable {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)
  }

  init(_ material: Material, isExportable: Bool) throws(CustodyError) {
    do {
      publicKey = try material.publicKey()
    } catch {
      throw .cryptographyFailed("reading a key's public half")
    }
    self.material = material
    self.isExportable = isExportable
  }

  /// Makes a key, exportable since it is nowhere else. RSA takes up to some seconds: see `generated`.
  public static func generate(_ algorithm: KeyAlgorithm) throws(CustodyError) -> SoftwareKey {
    try SoftwareKey(.generate(algorithm), isExportable: true)
  }

  /// The same on a thread of its own, for callers on the cooperative pool.
  public static func generated(_ algorithm: KeyAlgorithm) async throws(CustodyError) -> SoftwareKey {
    try await OwnThread.run { () throws(CustodyError) in try generate(algorithm) }
  }

  /// A copy that keeps its private octets to itself.
  func sealedIn(exportable: Bool) throws(CustodyError) -> SoftwareKey {
    try SoftwareKey(material, isExportable: exportable)
  }

  public func sign(_ message: [UInt8]) async throws(SigningError) -> [UInt8] { try signature(over: message) }

  /// The signature as X.509 carries it (see `Signer.sign`).
  public func signature(over message: some Collection<UInt8>) throws(SigningError) -> [UInt8] {
    let message = Array(message)
    do {
      return switch material {
      case .p256(let key): Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
      case .p384(let key): Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
      case .ed25519(let key): Array(try key.signature(for: message))
      case .rsa(let key):
        Array(try key.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5).rawRepresentation)
      }
    } catch {
      throw .refused("the cryptography library did not sign")
    }
  }
}

extension SoftwareKey.Material {
  static func generate(_ algorithm: KeyAlgorithm) throws(CustodyError) -> SoftwareKey.Material {
    switch algorithm {
    case .p256: .p256(P256.Signing.PrivateKey(compactRepresentable: false))
    case .p384: .p384(P384.Signing.PrivateKey(compactRepresentable: false))
    case .ed25519: .ed25519(Curve25519.Signing.PrivateKey())
    case .rsa2048: try rsa(.bits2048)
    case .rsa3072: try rsa(.bits3072)
    case .rsa4096: try rsa(.bits4096)
    }
  }

  private static func rsa(_ size: _RSA.Signing.KeySize) throws(CustodyError) -> SoftwareKey.Material {
    do { return .rsa(try _RSA.Signing.PrivateKey(keySize: size)) } catch {
      throw .cryptographyFailed("making an RSA key")
    }
  }

  func publicKey() throws(PublicKeyError) -> SubjectPublicKeyInfo {
    switch self {
    case .p256(let key): try SubjectPublicKeyInfo(parsing: key.publicKey.derRepresentation)
    case .p384(let key): try SubjectPublicKeyInfo(parsing: key.publicKey.derRepresentation)
    case .ed25519(let key): try SubjectPublicKeyInfo(ed25519: key.publicKey.rawRepresentation)
    case .rsa(let key): try SubjectPublicKeyInfo(parsing: key.publicKey.derRepresentation)
    }
  }
}

extension SoftwareKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "(private key, \(publicKey.algorithm.rawValue))" }
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

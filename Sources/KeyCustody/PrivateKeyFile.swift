import WireFormats

/// A private key's file as other programs write it: PKCS #8, or the older forms of RSA and EC keys, PEM or DER.
public enum PrivateKeyFile {
  /// Why there is no key in it that can be used here.
  public enum Failure: Error, Hashable, Sendable {
    /// Under a passphrase of its own, which nothing here takes off.
    case encrypted
    case noKey
    case key(PrivateKeyError)
  }

  private static let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
  private static let rsaEncryption = ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])

  /// The octets stay the caller's to wipe.
  public static func parse(_ octets: [UInt8]) throws(Failure) -> SoftwareKey {
    if octets.first == 0x30 { return try key(octets) }
    let text = String(decoding: octets, as: UTF8.self)
    // RFC 7468 §11, and the header of RFC 1421 that older programs write.
    guard !text.contains("ENCRYPTED") else { throw .encrypted }
    for block in PEM.parse(text) ?? [] {
      var bytes = block.bytes
      defer { SecretBytes.wipe(&bytes) }
      switch block.label {
      case "PRIVATE KEY": return try key(bytes)
      case "RSA PRIVATE KEY": return try key(wrapped(bytes) { $0.null() })
      case "EC PRIVATE KEY":
        let curve = try curve(of: bytes)
        return try key(wrapped(bytes, ecPublicKey) { $0.objectIdentifier(curve) })
      default: continue
      }
    }
    throw .noKey
  }

  private static func key(_ pkcs8: [UInt8]) throws(Failure) -> SoftwareKey {
    do { return try SoftwareKey(pkcs8: pkcs8) } catch { throw .key(error) }
  }

  /// RFC 5208 §5 around an RSAPrivateKey (RFC 8017 §A.1.2) or an ECPrivateKey (RFC 5915 §3).
  private static func wrapped(
    _ inner: [UInt8], _ algorithm: ObjectIdentifier = rsaEncryption, _ parameters: (inout DERWriter) -> Void
  ) -> [UInt8] {
    DERWriter.build(capacity: inner.count + 64) { writer in
      writer.sequence { info in
        info.integer(0)
        info.sequence {
          $0.objectIdentifier(algorithm)
          parameters(&$0)
        }
        info.octetString(inner)
      }
    }
  }

  /// RFC 5915 §3: `SEQUENCE { version, privateKey OCTET STRING, parameters [0] OPTIONAL, … }`.
  private static func curve(of key: [UInt8]) throws(Failure) -> ObjectIdentifier {
    do {
      var outer = DERReader(key)
      var fields = try outer.readSequence()
      _ = try fields.readSmallInteger()
      _ = try fields.readOctetString()
      guard var parameters = try fields.readOptional(DERTag.contextConstructed(0))?.reader else {
        throw Failure.key(.malformed)
      }
      return try parameters.readObjectIdentifier()
    } catch {
      throw .key(.malformed)
    }
  }
}

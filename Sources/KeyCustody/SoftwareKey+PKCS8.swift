import Credentials
import Crypto
import WireFormats
import _CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why octets are no private key that is used here.
public enum PrivateKeyError: Error, Hashable, Sendable {
  case malformed
  case unsupported(ObjectIdentifier)
  /// For example RSA under 2048 bits.
  case refused
}

extension SoftwareKey {
  /// Reads a PrivateKeyInfo (RFC 5208 §5, RFC 5958 §2), not encrypted. The octets stay the caller's to wipe.
  public init(pkcs8: [UInt8]) throws(PrivateKeyError) {
    let material = try Material(pkcs8: pkcs8)
    do { try self.init(material, isExportable: true) } catch { throw .refused }
  }

  /// Reads `BEGIN PRIVATE KEY` (RFC 7468 §10).
  public init(pem: String) throws(PrivateKeyError) {
    guard let block = PEM.parse(pem)?.first(where: { $0.label == "PRIVATE KEY" }) else { throw .malformed }
    var octets = block.bytes
    defer { SecretBytes.wipe(&octets) }
    try self.init(pkcs8: octets)
  }

  /// The PrivateKeyInfo; nil for a key that stays in custody.
  public var pkcs8: SecretBytes? { isExportable ? material.pkcs8 : nil }

  /// `BEGIN PRIVATE KEY`, to be written to a file of mode 0600; nil for a key that stays in custody.
  public var pkcs8PEM: String? {
    pkcs8?.withBytes { PEM(label: "PRIVATE KEY", bytes: Array($0)).text }
  }
}

extension SoftwareKey.Material {
  private static let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
  private static let prime256v1 = ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7])
  private static let secp384r1 = ObjectIdentifier([1, 3, 132, 0, 34])
  private static let ed25519Identifier = ObjectIdentifier([1, 3, 101, 112])
  private static let rsaEncryption = ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])

  init(pkcs8: [UInt8]) throws(PrivateKeyError) {
    let parts: (algorithm: ObjectIdentifier, curve: ObjectIdentifier?, key: ArraySlice<UInt8>)
    do { parts = try Self.parts(pkcs8) } catch { throw .malformed }
    switch (parts.algorithm, parts.curve) {
    case (Self.ecPublicKey, Self.prime256v1): self = .p256(try Self.p256(parts.key))
    case (Self.ecPublicKey, Self.secp384r1): self = .p384(try Self.p384(parts.key))
    case (Self.ecPublicKey, let curve): throw .unsupported(curve ?? Self.ecPublicKey)
    case (Self.ed25519Identifier, nil): self = .ed25519(try Self.ed25519(parts.key))
    case (Self.rsaEncryption, _): self = .rsa(try Self.rsa(pkcs8))
    default: throw .unsupported(parts.algorithm)
    }
  }

  // RFC 5958 §2: OneAsymmetricKey ::= SEQUENCE { version, privateKeyAlgorithm, privateKey OCTET STRING,
  //   attributes [0] OPTIONAL, publicKey [1] OPTIONAL }. The last two are not needed here.
  private static func parts(
    _ pkcs8: [UInt8]
  ) throws(DERError) -> (algorithm: ObjectIdentifier, curve: ObjectIdentifier?, key: ArraySlice<UInt8>) {
    var outer = DERReader(pkcs8)
    var body = try outer.readSequence()
    try outer.finish()
    guard try body.readSmallInteger() <= 1 else { throw .badInteger }
    var identifier = try body.readSequence()
    let algorithm = try identifier.readObjectIdentifier()
    let curve = identifier.nextTag == DERTag.objectIdentifier ? try identifier.readObjectIdentifier() : nil
    return (algorithm, curve, try body.readOctetString())
  }

  // RFC 5915 §3: ECPrivateKey ::= SEQUENCE { version (1), privateKey OCTET STRING, ... }
  private static func scalar(_ key: ArraySlice<UInt8>, count: Int) throws(PrivateKeyError) -> ArraySlice<UInt8> {
    do {
      var reader = DERReader(key)
      var body = try reader.readSequence()
      try reader.finish()
      guard try body.readSmallInteger() == 1 else { throw DERError.badInteger }
      let scalar = try body.readOctetString()
      guard scalar.count == count else { throw DERError.badInteger }
      return scalar
    } catch {
      throw .malformed
    }
  }

  private static func p256(_ key: ArraySlice<UInt8>) throws(PrivateKeyError) -> P256.Signing.PrivateKey {
    let scalar = try scalar(key, count: 32)
    do { return try P256.Signing.PrivateKey(rawRepresentation: scalar) } catch { throw .malformed }
  }

  private static func p384(_ key: ArraySlice<UInt8>) throws(PrivateKeyError) -> P384.Signing.PrivateKey {
    let scalar = try scalar(key, count: 48)
    do { return try P384.Signing.PrivateKey(rawRepresentation: scalar) } catch { throw .malformed }
  }

  // RFC 8410 §7: CurvePrivateKey ::= OCTET STRING
  private static func ed25519(_ key: ArraySlice<UInt8>) throws(PrivateKeyError) -> Curve25519.Signing.PrivateKey {
    do {
      var reader = DERReader(key)
      let seed = try reader.readOctetString()
      try reader.finish()
      return try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    } catch {
      throw .malformed
    }
  }

  private static func rsa(_ pkcs8: [UInt8]) throws(PrivateKeyError) -> _RSA.Signing.PrivateKey {
    // The library trusts that nothing is far too large.
    guard pkcs8.count <= 8192 else { throw .refused }
    do { return try _RSA.Signing.PrivateKey(derRepresentation: pkcs8) } catch { throw .malformed }
  }
}

extension SoftwareKey.Material {
  // What the library returns is copied and not overwritten: `Data` of an Ed25519 key shares the key's own memory, so
  // that wiping it would leave a key of zeros.
  var pkcs8: SecretBytes {
    switch self {
    case .p256(let key):
      Self.elliptic(SecretBytes(copying: key.rawRepresentation), key.publicKey.x963Representation, Self.prime256v1)
    case .p384(let key):
      Self.elliptic(SecretBytes(copying: key.rawRepresentation), key.publicKey.x963Representation, Self.secp384r1)
    case .ed25519(let key): Self.edwards(SecretBytes(copying: key.rawRepresentation))
    case .rsa(let key): SecretBytes(copying: key.pkcs8DERRepresentation)
    }
  }

  // RFC 5915 §3 within RFC 5208 §5; the public key is given since other readers want it.
  private static func elliptic(_ scalar: SecretBytes, _ point: Data, _ curve: ObjectIdentifier) -> SecretBytes {
    // The capacity is more than a P-384 key needs, so that the buffer never moves and leaves a copy.
    var writer = DERWriter(capacity: 512)
    writer.sequence { info in
      info.integer(0)
      info.sequence {
        $0.objectIdentifier(ecPublicKey)
        $0.objectIdentifier(curve)
      }
      info.constructed(DERTag.octetString) {
        $0.sequence { key in
          key.integer(1)
          scalar.withBytes { key.octetString($0) }
          key.constructed(DERTag.contextConstructed(1)) { $0.bitString(point) }
        }
      }
    }
    return taking(consume writer)
  }

  private static func edwards(_ seed: SecretBytes) -> SecretBytes {
    var writer = DERWriter(capacity: 128)
    writer.sequence { info in
      info.integer(0)
      info.sequence { $0.objectIdentifier(ed25519Identifier) }
      info.constructed(DERTag.octetString) { inner in seed.withBytes { inner.octetString($0) } }
    }
    return taking(consume writer)
  }

  private static func taking(_ writer: consuming DERWriter) -> SecretBytes {
    var octets = writer.bytes
    // The writer lets go of its buffer, so that the one that is wiped is the only one.
    writer = DERWriter(capacity: 0)
    return SecretBytes(taking: &octets)
  }
}

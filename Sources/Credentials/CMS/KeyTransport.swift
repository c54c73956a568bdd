import Crypto
import WireFormats
import _CryptoExtras

/// How a content key is encrypted to an RSA key (RFC 3370 §4.2.1, RFC 3560).
public enum KeyTransport: Hashable, Sendable {
  /// PKCS #1 v1.5, which SCEP's clients know alone.
  case pkcs1
  case oaepSHA1
  /// SHA-256 for the digest and for the mask.
  case oaepSHA256

  /// The AlgorithmIdentifier, whole.
  var algorithmIdentifier: [UInt8] {
    switch self {
    case .pkcs1: Encodings.pkcs1
    case .oaepSHA1: Encodings.oaepSHA1
    case .oaepSHA256: Encodings.oaepSHA256
    }
  }

  /// Nil for an algorithm, or parameters, that are not taken here.
  init?(algorithmIdentifier encoded: ArraySlice<UInt8>) {
    guard let known = Encodings.known.first(where: { encoded.elementsEqual($0.encoded) }) else { return nil }
    self = known.transport
  }

  func encrypt(_ key: SymmetricKey, to recipient: SubjectPublicKeyInfo) throws -> [UInt8] {
    let publicKey = try _RSA.Encryption.PublicKey(derRepresentation: recipient.encoded)
    return try key.withUnsafeBytes { Array(try publicKey.encrypt(Array($0), padding: padding)) }
  }

  /// For whoever holds the private key.
  public var padding: _RSA.Encryption.Padding {
    switch self {
    case .pkcs1: ._WEAK_AND_INSECURE_PKCS_V1_5
    case .oaepSHA1: .PKCS1_OAEP
    case .oaepSHA256: .PKCS1_OAEP_SHA256
    }
  }
}

private enum Encodings {
  static let pkcs1 = rsaEncryption(null: true)
  /// RFC 4055 §4.1: every parameter at its default.
  static let oaepSHA1 = oaep { _ in }
  static let oaepSHA256 = oaepSHA256(null: true)

  /// Written by others: NULL left out, and the default digest spelled out.
  static let known: [(encoded: [UInt8], transport: KeyTransport)] = [
    (pkcs1, .pkcs1), (rsaEncryption(null: false), .pkcs1),
    (oaepSHA1, .oaepSHA1),
    (oaepSHA256, .oaepSHA256), (oaepSHA256(null: false), .oaepSHA256),
  ]

  private static func rsaEncryption(null: Bool) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]))
        if null { $0.null() }
      }
    }
  }

  private static func oaep(_ parameters: (inout DERWriter) -> Void) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 7]))
        $0.sequence(parameters)
      }
    }
  }

  private static func oaepSHA256(null: Bool) -> [UInt8] {
    let digest = DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(DigestAlgorithm.sha256.identifier)
        if null { $0.null() }
      }
    }
    return oaep {
      $0.constructed(DERTag.contextConstructed(0)) { $0.raw(digest) }
      $0.constructed(DERTag.contextConstructed(1)) {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 8]))
          $0.raw(digest)
        }
      }
    }
  }
}

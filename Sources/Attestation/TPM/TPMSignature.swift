import Credentials
import WireFormats

/// TPMT_SIGNATURE (Part 2 §11.3.4) of the schemes that certificates know too.
public struct TPMSignature: Hashable, Sendable {
  public static let largest = 600

  public let scheme: TPMScheme
  public let hash: TPMHashAlgorithm
  /// As X.509 carries it: for ECDSA the DER ECDSA-Sig-Value.
  public let value: [UInt8]

  public init(parsing octets: [UInt8]) throws(TPMStructureError) {
    guard octets.count <= Self.largest else { throw .tooLong }
    var reader = TPMReader(octets)
    let algorithm = try reader.readUInt16()
    hash = try TPMHashAlgorithm(&reader)
    scheme = TPMScheme(algorithm, hash)
    switch algorithm {
    case TPMAlgorithm.rsassa, TPMAlgorithm.rsapss: value = Array(try reader.readSized(upTo: 512))
    case TPMAlgorithm.ecdsa:
      let r = try reader.readSized(upTo: 66)
      let s = try reader.readSized(upTo: 66)
      value = DERWriter.build {
        $0.sequence {
          $0.unsignedInteger(r)
          $0.unsignedInteger(s)
        }
      }
    default: throw .unsupported(algorithm)
    }
    try reader.finish()
  }

  /// The algorithm as certificates name it; nil for one that is not known here, or rests on SHA-1.
  var algorithm: SignatureAlgorithm? {
    switch (scheme.algorithm, hash) {
    case (TPMAlgorithm.rsassa, .sha256): .rsaPKCS1WithSHA256
    case (TPMAlgorithm.rsassa, .sha384): .rsaPKCS1WithSHA384
    case (TPMAlgorithm.rsassa, .sha512): .rsaPKCS1WithSHA512
    case (TPMAlgorithm.rsapss, .sha256): .rsaPSSWithSHA256
    case (TPMAlgorithm.ecdsa, .sha256): .ecdsaWithSHA256
    case (TPMAlgorithm.ecdsa, .sha384): .ecdsaWithSHA384
    case (TPMAlgorithm.ecdsa, .sha512): .ecdsaWithSHA512
    default: nil
    }
  }

  func isValid(over message: [UInt8], by key: SubjectPublicKeyInfo) -> Bool {
    guard let algorithm else { return false }
    return key.isValidSignature(value, over: message, algorithm: algorithm)
  }
}

extension TPMSignature {
  /// From a signature as X.509 carries it.
  public static func encode(_ signature: [UInt8], algorithm: SignatureAlgorithm, key: KeyAlgorithm) -> [UInt8]? {
    let hash: TPMHashAlgorithm
    switch algorithm {
    case .ecdsaWithSHA256, .rsaPKCS1WithSHA256, .rsaPSSWithSHA256: hash = .sha256
    case .ecdsaWithSHA384, .rsaPKCS1WithSHA384: hash = .sha384
    case .ecdsaWithSHA512, .rsaPKCS1WithSHA512: hash = .sha512
    case .ed25519: return nil
    }
    guard key.isRSA else { return encode(ecdsa: signature, hash, coordinate: key == .p256 ? 32 : 48) }
    return TPMWriter.build {
      $0.integer(algorithm == .rsaPSSWithSHA256 ? TPMAlgorithm.rsapss : TPMAlgorithm.rsassa)
      $0.integer(hash.rawValue)
      $0.sized(signature)
    }
  }

  private static func encode(ecdsa signature: [UInt8], _ hash: TPMHashAlgorithm, coordinate: Int) -> [UInt8]? {
    guard let raw = ECDSASignatureValue.raw(signature[...], coordinate: coordinate) else { return nil }
    return TPMWriter.build {
      $0.integer(TPMAlgorithm.ecdsa)
      $0.integer(hash.rawValue)
      $0.sized(raw.prefix(coordinate))
      $0.sized(raw.suffix(coordinate))
    }
  }
}

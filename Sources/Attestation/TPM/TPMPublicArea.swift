import Credentials

/// TPMT_PUBLIC (Part 2 §12.2.4) of an RSA or an ECC key, read once.
public struct TPMPublicArea: Hashable, Sendable {
  /// Octets. An RSA key of 4096 bits with a policy of SHA-512 stays under it.
  public static let largest = 1024

  public enum Parameters: Hashable, Sendable {
    /// TPMS_RSA_PARMS (§12.2.3.5); an exponent of 0 is 65537.
    case rsa(keyBits: UInt16, exponent: UInt32, modulus: [UInt8])
    /// TPMS_ECC_PARMS (§12.2.3.6), with the point's coordinates.
    case ecc(curve: TPMCurve, x: [UInt8], y: [UInt8])
  }

  /// As it was received, without the TPM2B's size.
  public let encoded: [UInt8]
  public let nameAlgorithm: TPMHashAlgorithm
  public let attributes: TPMObjectAttributes
  public let authPolicy: [UInt8]
  public let symmetric: TPMSymmetric?
  public let scheme: TPMScheme?
  public let parameters: Parameters
  /// The same key as certificates carry it. Weak keys and foreign curves are refused when this is made.
  public let publicKey: SubjectPublicKeyInfo

  /// - Parameter octets: TPMT_PUBLIC, or TPM2B_PUBLIC, as tools write it.
  public init(parsing octets: [UInt8]) throws(TPMStructureError) {
    guard octets.count <= Self.largest else { throw .tooLong }
    // A TPM2B begins with its size, a TPMT with an algorithm under 0x24, which no public area is as short as.
    var reader = TPMReader(octets)
    if let first = octets.first, octets.count > 2, Int(first) << 8 | Int(octets[1]) == octets.count - 2 {
      reader = TPMReader(octets[2...])
      encoded = Array(octets[2...])
    } else {
      encoded = octets
    }
    let type = try reader.readUInt16()
    nameAlgorithm = try TPMHashAlgorithm(&reader)
    attributes = try TPMObjectAttributes(&reader)
    authPolicy = Array(try reader.readSized(upTo: 64))
    switch type {
    case TPMAlgorithm.rsa, TPMAlgorithm.ecc: break
    default: throw .unsupported(type)
    }
    symmetric = try TPMSymmetric.read(&reader)
    scheme = try TPMScheme.read(&reader)
    parameters = type == TPMAlgorithm.rsa ? try Self.rsa(&reader) : try Self.ecc(&reader)
    try reader.finish()
    publicKey = try parameters.publicKey()
  }

  /// The object's Name (Part 1 §16): its algorithm, then the digest of the public area.
  public var name: [UInt8] {
    TPMWriter.build { $0.integer(nameAlgorithm.rawValue) } + nameAlgorithm.digest(encoded)
  }

  private static func rsa(_ reader: inout TPMReader) throws(TPMStructureError) -> Parameters {
    let bits = try reader.readUInt16()
    let exponent = try reader.readUInt32()
    let modulus = try reader.readSized(upTo: 512)
    guard modulus.count * 8 == Int(bits) else { throw .badValue }
    return .rsa(keyBits: bits, exponent: exponent, modulus: Array(modulus))
  }

  private static func ecc(_ reader: inout TPMReader) throws(TPMStructureError) -> Parameters {
    let raw = try reader.readUInt16()
    guard let curve = TPMCurve(rawValue: raw) else { throw .unsupported(raw) }
    // The key derivation of a decryption key; nothing here uses it, and every TPM says TPM_ALG_NULL.
    guard try TPMScheme.read(&reader) == nil else { throw .badValue }
    let x = try reader.readSized(upTo: curve.coordinate)
    let y = try reader.readSized(upTo: curve.coordinate)
    return .ecc(curve: curve, x: Array(x), y: Array(y))
  }
}

/// TPM_ECC_CURVE (Part 2 §6.4), those that certificates here have.
public enum TPMCurve: UInt16, Hashable, Sendable {
  case p256 = 0x0003
  case p384 = 0x0004

  /// Octets of a coordinate.
  public var coordinate: Int { self == .p256 ? 32 : 48 }
}

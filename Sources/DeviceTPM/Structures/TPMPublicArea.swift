/// TPMT_PUBLIC (TPM 2.0 Library part 2, §12.2.4), as far as a device reads its own keys.
public struct TPMPublicArea: Sendable, Hashable {
  /// The structure's bytes, of which a Name is the digest.
  public let encoded: [UInt8]
  /// TPMA_OBJECT.
  public let attributes: Attributes
  /// 0x04, x, y of a P-256 key; nil for keys of other kinds.
  public let point: [UInt8]?

  /// TPM 2.0 Library part 2, §8.3.
  public struct Attributes: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let fixedTPM = Attributes(rawValue: 1 << 1)
    public static let fixedParent = Attributes(rawValue: 1 << 4)
    public static let sensitiveDataOrigin = Attributes(rawValue: 1 << 5)
    public static let userWithAuth = Attributes(rawValue: 1 << 6)
    public static let adminWithPolicy = Attributes(rawValue: 1 << 7)
    public static let noDA = Attributes(rawValue: 1 << 10)
    public static let restricted = Attributes(rawValue: 1 << 16)
    public static let decrypt = Attributes(rawValue: 1 << 17)
    public static let sign = Attributes(rawValue: 1 << 18)
  }

  init(parsing bytes: [UInt8]) throws(TPMError) {
    var reader = TPMReader(bytes)
    let type = try reader.read16()
    _ = try reader.read16()
    attributes = Attributes(rawValue: try reader.read32())
    _ = try reader.readSized()
    encoded = bytes
    point = type == TPMAlgorithm.ecc ? try Self.point(&reader) : nil
  }

  /// TPMS_ECC_PARMS and TPMS_ECC_POINT.
  private static func point(_ reader: inout TPMReader) throws(TPMError) -> [UInt8]? {
    if try reader.read16() != TPMAlgorithm.null { _ = try reader.read32() }
    if try reader.read16() != TPMAlgorithm.null { _ = try reader.read16() }
    let curve = try reader.read16()
    if try reader.read16() != TPMAlgorithm.null { _ = try reader.read16() }
    let (x, y) = (try reader.readSized(), try reader.readSized())
    try reader.finish()
    guard curve == TPMAlgorithm.p256, let wideX = Self.widened(x), let wideY = Self.widened(y) else { return nil }
    return [0x04] + wideX + wideY
  }

  /// A TPM may leave out leading zeros.
  static func widened(_ number: [UInt8]) -> [UInt8]? {
    guard number.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - number.count) + number
  }

  /// RFC 5480 §2: id-ecPublicKey on prime256v1; nil for keys of other kinds.
  public var subjectPublicKeyInfo: [UInt8]? {
    point.map {
      [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE,
        0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
      ] + $0
    }
  }
}

/// TPM_ALG_ID and TPM_ECC_CURVE (TCG Algorithm Registry).
enum TPMAlgorithm {
  static let rsa: UInt16 = 0x0001
  static let aes: UInt16 = 0x0006
  static let sha256: UInt16 = 0x000B
  static let null: UInt16 = 0x0010
  static let ecdsa: UInt16 = 0x0018
  static let ecc: UInt16 = 0x0023
  static let cfb: UInt16 = 0x0043
  /// TPM_ECC_NIST_P256.
  static let p256: UInt16 = 0x0003
}

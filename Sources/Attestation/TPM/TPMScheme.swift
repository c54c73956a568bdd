/// A scheme with its hash: TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, TPMT_SIG_SCHEME, TPMT_KDF_SCHEME (Part 2 §11.2).
public struct TPMScheme: Hashable, Sendable {
  /// A TPM_ALG_ID; never `TPMAlgorithm.null`, which is no scheme at all.
  public let algorithm: UInt16
  /// Nil for RSAES, which has none.
  public let hash: TPMHashAlgorithm?
  /// Of ECDAA alone.
  let count: UInt16?

  public init(_ algorithm: UInt16, _ hash: TPMHashAlgorithm) {
    (self.algorithm, self.hash, count) = (algorithm, hash, nil)
  }

  /// Nil where the structure says TPM_ALG_NULL.
  static func read(_ reader: inout TPMReader) throws(TPMStructureError) -> TPMScheme? {
    let algorithm = try reader.readUInt16()
    guard algorithm != TPMAlgorithm.null else { return nil }
    return try TPMScheme(algorithm, &reader)
  }

  private init(_ algorithm: UInt16, _ reader: inout TPMReader) throws(TPMStructureError) {
    self.algorithm = algorithm
    hash = algorithm == TPMAlgorithm.rsaes ? nil : try TPMHashAlgorithm(&reader)
    count = algorithm == TPMAlgorithm.ecdaa ? try reader.readUInt16() : nil
  }

  static func write(_ scheme: TPMScheme?, to writer: inout TPMWriter) {
    writer.integer(scheme?.algorithm ?? TPMAlgorithm.null)
    if let hash = scheme?.hash { writer.integer(hash.rawValue) }
    if let count = scheme?.count { writer.integer(count) }
  }
}

/// TPMT_SYM_DEF_OBJECT (Part 2 §11.1.7): how a storage key protects its children, and a credential.
public struct TPMSymmetric: Hashable, Sendable {
  public let algorithm: UInt16
  public let keyBits: UInt16
  public let mode: UInt16

  public init(aes keyBits: UInt16) {
    (algorithm, self.keyBits, mode) = (TPMAlgorithm.aes, keyBits, TPMAlgorithm.cfb)
  }

  static func read(_ reader: inout TPMReader) throws(TPMStructureError) -> TPMSymmetric? {
    let algorithm = try reader.readUInt16()
    guard algorithm != TPMAlgorithm.null else { return nil }
    guard algorithm == TPMAlgorithm.aes else { throw .unsupported(algorithm) }
    let symmetric = TPMSymmetric(aes: try reader.readUInt16())
    guard try reader.readUInt16() == TPMAlgorithm.cfb else { throw .badValue }
    return symmetric
  }

  static func write(_ symmetric: TPMSymmetric?, to writer: inout TPMWriter) {
    writer.integer(symmetric?.algorithm ?? TPMAlgorithm.null)
    guard let symmetric else { return }
    writer.integer(symmetric.keyBits)
    writer.integer(symmetric.mode)
  }
}

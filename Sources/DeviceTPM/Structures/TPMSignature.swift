/// TPMT_SIGNATURE (TPM 2.0 Library part 2, §11.3.4) of an ECDSA key.
public struct TPMSignature: Sendable, Hashable {
  /// The structure's bytes, as verifiers of quotes take them.
  public let encoded: [UInt8]
  /// r, then s, 32 octets each.
  public let plain: [UInt8]

  init(_ reader: inout TPMReader) throws(TPMError) {
    let begin = reader.remaining
    guard try reader.read16() == TPMAlgorithm.ecdsa, try reader.read16() == TPMAlgorithm.sha256 else {
      throw .malformed
    }
    guard let r = TPMPublicArea.widened(try reader.readSized()), let s = TPMPublicArea.widened(try reader.readSized())
    else { throw .malformed }
    plain = r + s
    encoded = Array(begin.prefix(begin.count - reader.remaining.count))
  }
}

/// What an attestation key says: TPMS_ATTEST, and its signature over it.
public struct TPMStatement: Sendable, Hashable {
  /// TPMS_ATTEST (TPM 2.0 Library part 2, §10.12.12), what the signature is over.
  public let attest: [UInt8]
  public let signature: TPMSignature

  init(_ reader: inout TPMReader) throws(TPMError) {
    attest = try reader.readSized()
    signature = try TPMSignature(&reader)
    try reader.finish()
  }
}

/// Platform configuration registers of the SHA-256 bank.
public struct PCRSelection: Sendable, Hashable {
  /// 0 to 23, in order.
  public let registers: [Int]

  /// - Parameter registers: Those outside of 0 to 23 are left out.
  public init(_ registers: some Sequence<Int>) {
    self.registers = Set(registers).filter { (0..<24).contains($0) }.sorted()
  }

  /// TPML_PCR_SELECTION.
  var encoded: [UInt8] {
    var bits: [UInt8] = [0, 0, 0]
    for register in registers { bits[register / 8] |= 1 << UInt8(register % 8) }
    var writer = TPMWriter()
    writer.put32(1)
    writer.put16(TPMAlgorithm.sha256)
    writer.put8(3)
    writer.put(bits)
    return writer.bytes
  }
}

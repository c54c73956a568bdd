extension TPMChannel {
  /// TPMT_SIG_SCHEME: ECDSA over SHA-256.
  private static let scheme: [UInt8] = [0x00, 0x18, 0x00, 0x0B]

  func sign(_ digest: [UInt8], with key: UInt32, authorization: [UInt8]) throws(TPMError) -> TPMSignature {
    var writer = TPMWriter()
    writer.putSized(digest)
    writer.put(Self.scheme)
    // TPMT_TK_HASHCHECK, empty: only restricted keys ask where a digest comes from.
    writer.put16(0x8024)
    writer.put32(0x4000_0007)
    writer.putSized([])
    var (_, answer) = try execute(
      .sign, handles: [key], authorizations: [.init(value: authorization)], parameters: writer.bytes)
    let signature = try TPMSignature(&answer)
    try answer.finish()
    return signature
  }

  /// TPM2_Certify: an attestation key says what another key in the same TPM is.
  func certify(
    _ key: UInt32, authorization: [UInt8], by attester: UInt32, attesterAuthorization: [UInt8], nonce: [UInt8]
  ) throws(TPMError) -> TPMStatement {
    var writer = TPMWriter()
    writer.putSized(nonce)
    writer.put16(TPMAlgorithm.null)  // The key has its scheme.
    var (_, answer) = try execute(
      .certify, handles: [key, attester],
      authorizations: [.init(value: authorization), .init(value: attesterAuthorization)], parameters: writer.bytes)
    return try TPMStatement(&answer)
  }

  /// TPM2_Quote: it says what the registers are.
  func quote(
    _ selection: PCRSelection, by attester: UInt32, authorization: [UInt8], nonce: [UInt8]
  ) throws(TPMError) -> TPMStatement {
    var writer = TPMWriter()
    writer.putSized(nonce)
    writer.put16(TPMAlgorithm.null)
    writer.put(selection.encoded)
    var (_, answer) = try execute(
      .quote, handles: [attester], authorizations: [.init(value: authorization)], parameters: writer.bytes)
    return try TPMStatement(&answer)
  }

  /// The registers' values. A TPM gives eight at a time.
  func readPCRs(_ selection: PCRSelection) throws(TPMError) -> [Int: [UInt8]] {
    var values: [Int: [UInt8]] = [:]
    var left = selection.registers
    while !left.isEmpty {
      let part = PCRSelection(left.prefix(8))
      var (_, answer) = try execute(.pcrRead, parameters: part.encoded)
      _ = try answer.read32()
      guard try answer.read(part.encoded.count) == part.encoded, try answer.read32() == UInt32(part.registers.count)
      else {
        throw .malformed
      }
      for register in part.registers { values[register] = try answer.readSized() }
      left.removeFirst(part.registers.count)
    }
    return values
  }
}

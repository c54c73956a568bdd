extension TPMAttest {
  /// Writes an attestation, for those who play the TPM's part.
  public init(
    qualifiedSigner: [UInt8], extraData: [UInt8], clock: TPMClock = TPMClock(), firmwareVersion: UInt64 = 0,
    attested: Attested
  ) throws(TPMStructureError) {
    try self.init(
      parsing: TPMWriter.build { writer in
        writer.integer(Self.magic)
        writer.integer(attested.type)
        writer.sized(qualifiedSigner)
        writer.sized(extraData)
        writer.integer(clock.milliseconds)
        writer.integer(clock.resets)
        writer.integer(clock.restarts)
        writer.integer(UInt8(clock.isSafe ? 1 : 0))
        writer.integer(firmwareVersion)
        attested.write(to: &writer)
      })
  }
}

extension TPMAttest.Attested {
  fileprivate var type: UInt16 {
    switch self {
    case .certify: 0x8017
    case .quote: 0x8018
    }
  }

  fileprivate func write(to writer: inout TPMWriter) {
    switch self {
    case .certify(let name, let qualifiedName):
      writer.sized(name)
      writer.sized(qualifiedName)
    case .quote(let selection, let digest):
      selection.write(to: &writer)
      writer.sized(digest)
    }
  }
}

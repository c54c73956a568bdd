/// TPMS_ATTEST (Part 2 §10.12.12), of a certification or a quote, read once.
public struct TPMAttest: Hashable, Sendable {
  /// Octets: TPM2B_ATTEST of any TPM is smaller.
  public static let largest = 2048
  /// TPM_GENERATED_VALUE (§6.2). A restricted key signs nothing from outside that begins with it.
  public static let magic: UInt32 = 0xFF54_4347

  public enum Attested: Hashable, Sendable {
    /// TPMS_CERTIFY_INFO (§10.12.3).
    case certify(name: [UInt8], qualifiedName: [UInt8])
    /// TPMS_QUOTE_INFO (§10.12.4).
    case quote(selection: PCRSelection, digest: [UInt8])
  }

  public let encoded: [UInt8]
  public let qualifiedSigner: [UInt8]
  /// What the caller gave: here the nonce.
  public let extraData: [UInt8]
  public let clock: TPMClock
  public let firmwareVersion: UInt64
  public let attested: Attested

  private static let certifyType: UInt16 = 0x8017
  private static let quoteType: UInt16 = 0x8018

  /// - Parameter octets: TPMS_ATTEST, as a signature covers it.
  public init(parsing octets: [UInt8]) throws(TPMStructureError) {
    guard octets.count <= Self.largest else { throw .tooLong }
    var reader = TPMReader(octets)
    guard try reader.readUInt32() == Self.magic else { throw .notGenerated }
    let type = try reader.readUInt16()
    qualifiedSigner = Array(try reader.readSized(upTo: 66))
    extraData = Array(try reader.readSized(upTo: 66))
    clock = try TPMClock(&reader)
    firmwareVersion = try reader.readUInt64()
    switch type {
    case Self.certifyType:
      let name = Array(try reader.readSized(upTo: 66))
      attested = .certify(name: name, qualifiedName: Array(try reader.readSized(upTo: 66)))
    case Self.quoteType:
      let selection = try PCRSelection(&reader)
      attested = .quote(selection: selection, digest: Array(try reader.readSized(upTo: 64)))
    default: throw .unexpectedType(type)
    }
    try reader.finish()
    encoded = octets
  }
}

/// TPMS_CLOCK_INFO (Part 2 §10.11.1).
public struct TPMClock: Hashable, Sendable {
  /// Milliseconds that the TPM was powered.
  public let milliseconds: UInt64
  /// TPM resets since it was cleared: how often it booted.
  public let resets: UInt32
  public let restarts: UInt32
  /// Whether no greater time was reported before.
  public let isSafe: Bool

  public init(milliseconds: UInt64 = 0, resets: UInt32 = 0, restarts: UInt32 = 0, isSafe: Bool = true) {
    (self.milliseconds, self.resets, self.restarts, self.isSafe) = (milliseconds, resets, restarts, isSafe)
  }

  /// Whether a TPM that said `earlier` before cannot say this now: it never goes back (Part 1 §36). Milliseconds are
  /// compared within one boot, since a TPM may lose the last of them when its power fails.
  public func precedes(_ earlier: TPMClock) -> Bool {
    if resets != earlier.resets { return resets < earlier.resets }
    if restarts != earlier.restarts { return restarts < earlier.restarts }
    return milliseconds < earlier.milliseconds
  }

  init(_ reader: inout TPMReader) throws(TPMStructureError) {
    milliseconds = try reader.readUInt64()
    resets = try reader.readUInt32()
    restarts = try reader.readUInt32()
    let safe = try reader.readUInt8()
    guard safe <= 1 else { throw .badValue }
    isSafe = safe == 1
  }
}

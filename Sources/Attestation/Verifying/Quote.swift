/// What a TPM said of its registers, checked (Part 3 §18.4).
public struct Quote: Hashable, Sendable {
  /// Those that the signature covers, and no other.
  public let values: PCRValues
  public let selection: PCRSelection
  public let clock: TPMClock
  public let firmwareVersion: UInt64
  /// The log's entries that led to these values, where a log was shown.
  public let events: [MeasuredEvent]

  /// - Parameters:
  ///   - values: As the device says they are; believed as far as the quote's digest covers them.
  ///   - eventLog: The measured-boot log, which no signature covers by itself; replayed for every quoted register that
  ///     firmware extends. Nil where the device has none.
  ///   - demanded: Registers that have to be in every bank of the quote.
  public static func verify(
    attest: [UInt8], signature: [UInt8], by attestationKey: AttestationKey, nonce: [UInt8], values: PCRValues,
    eventLog: [UInt8]? = nil, demanded: Set<Int> = []
  ) throws(AttestationFailure) -> Quote {
    let attested = try attestationKey.verify(attest: attest, signature: signature, nonce: nonce)
    guard case .quote(let selection, let digest) = attested.attested else { throw .notQuote }
    try check(selection, demanded: demanded)
    // The digest's algorithm is the signature scheme's (Part 3 §18.4.1).
    guard let hash = attestationKey.scheme.hash, values.digest(of: selection, hash: hash) == digest else {
      throw .otherValues
    }
    let covered = values.covered(by: selection)
    return Quote(
      values: covered, selection: selection, clock: attested.clock, firmwareVersion: attested.firmwareVersion,
      events: try replay(eventLog, against: covered))
  }

  private static func check(_ selection: PCRSelection, demanded: Set<Int>) throws(AttestationFailure) {
    guard !selection.isEmpty else { throw .emptySelection }
    for bank in selection.banks where !bank.registers.isEmpty {
      guard bank.hash.isStrong else { throw .weakBank }
      if let missing = demanded.subtracting(bank.registers).min() { throw .registerMissing(missing) }
    }
  }

  /// The log's entries that led to the quoted values, for a quote that was verified without its log.
  ///
  /// - Throws: `malformedLog`, `logDoesNotReplay`.
  public func replay(_ log: [UInt8]) throws(AttestationFailure) -> [MeasuredEvent] {
    try Self.replay(log, against: values)
  }

  private static func replay(_ log: [UInt8]?, against values: PCRValues) throws(AttestationFailure) -> [MeasuredEvent] {
    guard let log else { return [] }
    let parsed: EventLog
    do throws(EventLogError) { parsed = try EventLog(parsing: log) } catch { throw .malformedLog(error) }
    return try parsed.measured(by: values)
  }
}

extension EventLog {
  /// What the log's measurements extend a bank's registers to: firmware's PCRs 0 to 15, and those that are named.
  public func replayed(_ bank: TPMHashAlgorithm) -> [Int: [UInt8]] {
    var values: [Int: [UInt8]] = [:]
    for event in events where event.isExtended {
      guard let digest = event.digests[bank] else { continue }
      values[event.register] = bank.digest((values[event.register] ?? initial(bank, event.register)) + digest)
    }
    return values
  }

  /// Zero after a reset, but for PCR 0, which begins with the locality of TPM2_Startup, and for PCRs 17 to 22, which a
  /// dynamic launch alone resets (PC Client TPM Profile §4.6.2).
  private func initial(_ bank: TPMHashAlgorithm, _ register: Int) -> [UInt8] {
    var value = [UInt8](repeating: (17...22).contains(register) ? 0xFF : 0, count: bank.size)
    if register == 0 { value[value.count - 1] = startupLocality }
    return value
  }

  /// Registers that firmware extends before it gives control away: a log tells all of each.
  static let firmware = 0..<8

  /// The events that the values cover, in order.
  ///
  /// - Throws: `logDoesNotReplay` where a register that the log speaks of has another value, or where firmware's register
  ///   has a value that the log says nothing of.
  func measured(by values: PCRValues) throws(AttestationFailure) -> [MeasuredEvent] {
    var covered: Set<Int> = []
    for (bank, registers) in values.banks.sorted(by: { $0.key < $1.key }) {
      guard algorithms.contains(bank) else { throw .malformedLog(.badDigests) }
      let replayed = replayed(bank)
      for (register, value) in registers.sorted(by: { $0.key < $1.key }) {
        guard let expected = replayed[register] ?? (Self.firmware ~= register ? initial(bank, register) : nil) else {
          continue
        }
        guard expected == value else { throw .logDoesNotReplay(register: register) }
        covered.insert(register)
      }
    }
    return events.filter { $0.isExtended && covered.contains($0.register) }
  }
}

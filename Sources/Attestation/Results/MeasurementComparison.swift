import WireFormats

/// What a quote's registers are beside their reference values.
public struct MeasurementComparison: Hashable, Sendable {
  public private(set) var measurements: [AttestationResult.Measurement] = []
  /// One sentence for each register that has another value.
  public private(set) var mismatches: [String] = []
  /// Registers that were demanded, and of which no reference value is known.
  public private(set) var unknown: [Int] = []

  /// - Parameters:
  ///   - bank: of the registers that were demanded.
  ///   - events: that led to the quoted values; empty where no log was shown.
  public init(
    _ quote: Quote, with reference: ReferenceValues, demanded: [Int], of bank: TPMHashAlgorithm, events: [MeasuredEvent]
  ) {
    for (hash, registers) in quote.values.banks.sorted(by: { $0.key < $1.key }) {
      for (register, value) in registers.sorted(by: { $0.key < $1.key }) {
        let name = "\(hash.name):\(register)"
        if let known = reference.registers[hash]?[register] {
          let isKnown = known.contains(value)
          measurements.append(.init(name: name, comparison: isKnown ? .success : .fail))
          if !isKnown {
            mismatches.append(Self.mismatch(register, hash, value, reference.events[hash]?[register], events))
          }
        } else if hash == bank, demanded.contains(register) {
          measurements.append(.init(name: name, comparison: .notRun))
          unknown.append(register)
        }
      }
    }
  }

  private static func mismatch(
    _ register: Int, _ hash: TPMHashAlgorithm, _ value: [UInt8], _ known: [[UInt8]]?, _ events: [MeasuredEvent]
  ) -> String {
    let what = "PCR \(register) (\(hash.name)) is \(Hex.encode(Array(value.prefix(8))))…, which is no reference value"
    guard let known else { return what }
    let extended = events.filter { $0.register == register && $0.digests[hash] != nil }
    let strange = extended.enumerated().first { event in
      event.element.digests[hash].map { !known.contains($0) } ?? false
    }
    if let strange { return what + ": its event \(strange.offset + 1), \(strange.element.summary), is not known" }
    return extended.isEmpty ? what : what + ": its events are known, but their order or number is another"
  }
}

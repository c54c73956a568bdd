/// Values of platform configuration registers, by bank.
public struct PCRValues: Hashable, Sendable {
  public private(set) var banks: [TPMHashAlgorithm: [Int: [UInt8]]]

  public init(_ banks: [TPMHashAlgorithm: [Int: [UInt8]]] = [:]) { self.banks = banks }

  public subscript(bank: TPMHashAlgorithm, register: Int) -> [UInt8]? {
    get { banks[bank]?[register] }
    set { banks[bank, default: [:]][register] = newValue }
  }

  /// What TPM2_Quote digests (Part 3 §18.4): the selected values, bank by bank, registers ascending; nil where one is not
  /// known, or has not its bank's size.
  public func digest(of selection: PCRSelection, hash: TPMHashAlgorithm) -> [UInt8]? {
    var octets: [UInt8] = []
    for bank in selection.banks {
      for register in bank.registers {
        guard let value = self[bank.hash, register], value.count == bank.hash.size else { return nil }
        octets += value
      }
    }
    return hash.digest(octets)
  }

  /// What the selection names, and nothing beside it.
  func covered(by selection: PCRSelection) -> PCRValues {
    var result = PCRValues()
    for bank in selection.banks {
      for register in bank.registers { result[bank.hash, register] = self[bank.hash, register] }
    }
    return result
  }
}

/// TPML_PCR_SELECTION (Part 2 §10.9.7): banks, and the registers of each.
public struct PCRSelection: Hashable, Sendable {
  public struct Bank: Hashable, Sendable {
    public let hash: TPMHashAlgorithm
    /// Ascending, each once.
    public let registers: [Int]

    public init(_ hash: TPMHashAlgorithm, _ registers: [Int]) {
      (self.hash, self.registers) = (hash, Set(registers.filter { (0..<PCRSelection.registers).contains($0) }).sorted())
    }
  }

  /// PCRs of a platform's TPM.
  public static let registers = 24
  /// HASH_COUNT of any real TPM is lower.
  static let mostBanks = 16

  /// In the order of the structure, which is the order of digesting.
  public let banks: [Bank]

  public init(_ banks: [Bank]) { self.banks = banks }

  /// Whether it names no register at all.
  public var isEmpty: Bool { banks.allSatisfy(\.registers.isEmpty) }

  init(_ reader: inout TPMReader) throws(TPMStructureError) {
    let count = Int(try reader.readUInt32())
    guard count <= Self.mostBanks else { throw .tooLong }
    var banks: [Bank] = []
    for _ in 0..<count {
      let bank = try Self.bank(&reader)
      // A bank twice would let one value stand for another's.
      guard !banks.contains(where: { $0.hash == bank.hash }) else { throw .badValue }
      banks.append(bank)
    }
    self.banks = banks
  }

  /// TPMS_PCR_SELECTION (Part 2 §10.6.2): bit n of octet m is PCR 8m + n.
  private static func bank(_ reader: inout TPMReader) throws(TPMStructureError) -> Bank {
    let hash = try TPMHashAlgorithm(&reader)
    let size = Int(try reader.readUInt8())
    guard size <= registers / 8 else { throw .tooLong }
    let octets = Array(try reader.read(size))
    return Bank(hash, (0..<size * 8).filter { octets[$0 / 8] >> UInt8($0 % 8) & 1 == 1 })
  }

  func write(to writer: inout TPMWriter) {
    writer.integer(UInt32(truncatingIfNeeded: banks.count))
    for bank in banks {
      var octets = [UInt8](repeating: 0, count: Self.registers / 8)
      for register in bank.registers { octets[register / 8] |= 1 << UInt8(register % 8) }
      writer.integer(bank.hash.rawValue)
      writer.integer(UInt8(truncatingIfNeeded: octets.count))
      writer.raw(octets)
    }
  }
}

import WireFormats
import Yams

extension Profile {
  /// What a running device has to attest, and what follows from it.
  public struct Attestation: Sendable, Hashable {
    /// Of a PC Client's TPM (PC Client Platform TPM Profile §4.6.1).
    public static let registers = 0..<24

    /// A measured-boot log, whether it has to be shown.
    public enum EventLog: String, Sendable, Hashable, CaseIterable {
      case wanted, optional
    }

    /// What firmware without reference values comes to.
    public enum Unknown: String, Sendable, Hashable, CaseIterable {
      case warning, failed
    }

    /// What follows when a device fails.
    public enum Consequence: String, Sendable, Hashable, CaseIterable {
      case nothing, suspend
    }

    public enum Bank: String, Sendable, Hashable, CaseIterable {
      case sha256, sha384, sha512
    }

    /// Ascending; every quote covers them.
    public var registers: [Int] = Array(0..<8)
    public var bank: Bank = .sha256
    /// How often; nil for whenever a device likes.
    public var every: Span?
    public var eventLog: EventLog = .optional
    public var unknownFirmware: Unknown = .warning
    public var onFailure: Consequence = .nothing

    public init() {}
  }
}

extension ProfileDocument {
  static func attestation(_ node: Node) throws(ProfileError) -> Profile.Attestation {
    var reader = try DocumentReader(node, what: "attestation")
    try reader.allow(["pcrs", "bank", "every", "event-log", "unknown-firmware", "on-failure"])
    var attestation = Profile.Attestation()
    if let pcrs = reader.optional("pcrs") { attestation.registers = try registers(pcrs) }
    attestation.bank = try optionalChoice(reader.optional("bank"), Profile.Attestation.Bank.self) ?? .sha256
    if let every = reader.optional("every") { attestation.every = try interval(every) }
    attestation.eventLog =
      try optionalChoice(reader.optional("event-log"), Profile.Attestation.EventLog.self) ?? .optional
    attestation.unknownFirmware =
      try optionalChoice(reader.optional("unknown-firmware"), Profile.Attestation.Unknown.self) ?? .warning
    attestation.onFailure =
      try optionalChoice(reader.optional("on-failure"), Profile.Attestation.Consequence.self) ?? .nothing
    return attestation
  }

  private static func interval(_ node: Node) throws(ProfileError) -> Span {
    let every = try span(node)
    guard every >= .minutes(5), every <= .days(365) else {
      throw DocumentReader.failure(node, "a device attests every 5m at most, and every 365d at least")
    }
    return every
  }

  private static func registers(_ node: Node) throws(ProfileError) -> [Int] {
    var registers: Set<Int> = []
    for entry in try DocumentReader.list(node) {
      guard let register = Int(try DocumentReader.text(entry)), Profile.Attestation.registers.contains(register) else {
        throw DocumentReader.failure(entry, "a register is a number from 0 to 23")
      }
      guard registers.insert(register).inserted else {
        throw DocumentReader.failure(entry, "'\(register)' stands twice")
      }
    }
    guard !registers.isEmpty else { throw DocumentReader.failure(node, "at least one register is needed") }
    return registers.sorted()
  }
}

/// A measured-boot log in the crypto-agile format (TCG PC Client Platform Firmware Profile §10), as
/// `/sys/kernel/security/tpm0/binary_bios_measurements` has it. Little endian, unlike the TPM itself.
///
/// The log is not signed. It is believed as far as replaying it gives the values of a quote.
public struct EventLog: Hashable, Sendable {
  /// Octets: what Linux keeps is under it.
  public static let largest = 1 << 20
  public static let mostEvents = 8192

  public let algorithms: [TPMHashAlgorithm]
  public let events: [MeasuredEvent]
  /// Of StartupLocality (§10.4.5.3): PCR 0 begins with it.
  let startupLocality: UInt8

  public init(parsing octets: [UInt8]) throws(EventLogError) {
    guard octets.count <= Self.largest else { throw .tooLarge }
    var reader = EventLogReader(octets)
    let head = try EventLogHead(&reader)
    var events: [MeasuredEvent] = []
    while !reader.isAtEnd {
      guard events.count < Self.mostEvents else { throw .tooManyEvents }
      events.append(try Self.event(&reader, head))
    }
    algorithms = head.algorithms.compactMap(\.known)
    self.events = events
    startupLocality = Self.locality(events)
  }

  /// TCG_PCR_EVENT2.
  private static func event(_ reader: inout EventLogReader, _ head: EventLogHead) throws(EventLogError) -> MeasuredEvent
  {
    let register = Int(try reader.readUInt32())
    guard (0..<PCRSelection.registers).contains(register) else { throw .badRegister }
    let type = try reader.readUInt32()
    let count = Int(try reader.readUInt32())
    guard count == head.algorithms.count else { throw .badDigests }
    var digests: [TPMHashAlgorithm: [UInt8]] = [:]
    var seen: Set<UInt16> = []
    for _ in 0..<count {
      let identifier = try reader.readUInt16()
      guard let algorithm = head.algorithms.first(where: { $0.identifier == identifier }),
        seen.insert(identifier).inserted
      else { throw .badDigests }
      let digest = try reader.read(algorithm.size)
      if let known = algorithm.known { digests[known] = Array(digest) }
    }
    let size = try reader.readUInt32()
    return MeasuredEvent(register: register, type: type, digests: digests, data: Array(try reader.read(Int(size))))
  }

  private static let localityMark = Array("StartupLocality".utf8) + [0]

  private static func locality(_ events: [MeasuredEvent]) -> UInt8 {
    let found = events.first {
      $0.register == 0 && !$0.isExtended && $0.data.count == localityMark.count + 1
        && $0.data.starts(with: localityMark)
    }
    return found?.data.last ?? 0
  }
}

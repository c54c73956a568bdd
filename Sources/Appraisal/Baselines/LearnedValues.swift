import Attestation
import Issuance
import Registry

/// What a device's last evidence would be as reference values.
struct LearnedValues {
  let record: AttestationRecord
  let values: ReferenceValues

  /// - Throws: `conflict` where there is none, or where its log does not lead to its registers.
  init(of device: DeviceRecord, in reader: any StoreReader, _ organization: OrganizationID) throws {
    guard let standing = try reader.attestationStanding(of: device.id, in: organization),
      let record = try reader.attestation(standing.attestation, in: organization)
    else { throw Refusal(.conflict, "the device has not attested yet", hint: "touchmark-agent attest, on the device") }
    self.record = record
    let registers = try StoredRegisters.values(record).registers
    values = ReferenceValues(registers: registers, events: try Self.events(record, registers))
  }

  private static func events(
    _ record: AttestationRecord, _ registers: [TPMHashAlgorithm: ReferenceValues.Bank]
  ) throws -> [TPMHashAlgorithm: ReferenceValues.Bank] {
    guard let octets = record.eventLog, let log = try? EventLog(parsing: octets) else { return [:] }
    var result: [TPMHashAlgorithm: ReferenceValues.Bank] = [:]
    for (bank, values) in registers {
      let replayed = log.replayed(bank)
      for (register, known) in values {
        // A log that leads elsewhere says nothing of this register; learning from it would trust what nobody measured.
        guard let value = replayed[register] else { continue }
        guard known.contains(value) else {
          throw Refusal(
            .conflict, "the device's event log does not give the value of PCR \(register)",
            hint: "attest again from a device that runs what it should")
        }
        result[bank, default: [:]][register] = digests(log, bank, register)
      }
    }
    return result
  }

  private static func digests(_ log: EventLog, _ bank: TPMHashAlgorithm, _ register: Int) -> [[UInt8]] {
    var digests: [[UInt8]] = []
    var seen: Set<[UInt8]> = []
    for event in log.events where event.isExtended && event.register == register {
      guard let digest = event.digests[bank], seen.insert(digest).inserted else { continue }
      digests.append(digest)
    }
    return Array(digests.prefix(ReferenceValues.mostEvents))
  }
}

extension BaselineRecord {
  /// Its values and events as files have them.
  public var texts: (registers: [String: [String: String]], events: [String: [String: String]]) {
    (try? ReferenceValues(stored: document))?.texts ?? ([:], [:])
  }
}

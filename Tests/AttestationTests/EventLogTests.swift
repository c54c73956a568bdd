import Attestation
import TestKit
import Testing

/// The measured-boot log: what is read, what a replay gives, and its bounds.
@Suite struct EventLogTests {
  @Test func replayGivesTheTPMsValues() throws {
    for evidence in RecordedEvidence.all {
      let replayed = try EventLog(parsing: evidence["event_log"]).replayed(.sha256)
      for (register, value) in evidence.registers.banks[.sha256] ?? [:] { #expect(replayed[register] == value) }
    }
  }

  @Test func dataThatIsMeasuredIsTold() throws {
    let events = try EventLog(parsing: RecordedEvidence.rsa["event_log"]).events
    // The firmware's code and two images are measured themselves; their data only says what they are.
    #expect(events.count { !$0.isDataMeasured } == 3)
  }

  /// Platform Firmware Profile §10.4.5.3: a start in locality 3 leaves its number in PCR 0.
  @Test func startupLocality() throws {
    let mark = MeasuredEvent(
      register: 0, type: MeasuredEvent.noAction, digests: [:], data: Array("StartupLocality".utf8) + [0, 3])
    let version = SampleLog.event(0, 8, "1")
    let log = try EventLog(parsing: SampleLog.encode([mark, version]))
    let start = [UInt8](repeating: 0, count: 31) + [3]
    #expect(log.replayed(.sha256)[0] == TPMHashAlgorithm.sha256.digest(start + TPMHashAlgorithm.sha256.digest([0x31])))
  }

  @Test func logsOfTPM12AreRefused() {
    #expect(throws: EventLogError.self) { try EventLog(parsing: []) }
    #expect(throws: EventLogError.notCryptoAgile) {
      try EventLog(parsing: [UInt8](repeating: 0, count: 32) + [4, 0, 0, 0, 0, 0, 0, 0])
    }
  }

  @Test func bounds() throws {
    let log = SampleLog.encode([SampleLog.event(0, 4, "a")])
    #expect(throws: EventLogError.tooLarge) {
      try EventLog(parsing: log + [UInt8](repeating: 0, count: EventLog.largest))
    }
    let event = SampleLog.encode(SampleLog.event(0, 4, ""))
    let many = SampleLog.encode([]) + (0...EventLog.mostEvents).flatMap { _ in event }
    #expect(throws: EventLogError.self) { try EventLog(parsing: many) }
    var foreign = SampleLog.event(0, 4, "a")
    foreign = MeasuredEvent(register: 24, type: foreign.type, digests: foreign.digests, data: foreign.data)
    #expect(throws: EventLogError.badRegister) { try EventLog(parsing: SampleLog.encode([foreign])) }
    for cut in stride(from: 1, to: log.count, by: 7) { _ = try? EventLog(parsing: Array(log.prefix(cut))) }
  }
}

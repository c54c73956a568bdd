import Appraisal
import Attestation
import Crypto
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// 10,000 damaged evidences of a running device, one part at a time, through the rules that the server has. None is
/// trusted, and what a signature does not cover never makes the verdict better.
@Suite struct MutatedRunningEvidenceTests {
  private static let nonce = [UInt8](repeating: 3, count: 32)

  private struct Sample {
    let tpm: Forger
    let key: AttestationKey
    let reference: ReferenceValues
    var nonce: [UInt8]
    var attest: [UInt8]
    var signature: [UInt8]
    var values: PCRValues
    var log: [UInt8]

    init() throws {
      tpm = try Forger()
      key = try AttestationKey(tpm.attestationArea())
      let boot = Boot()
      reference = ReferenceValues(registers: boot.values.banks.mapValues { $0.mapValues { [$0] } })
      nonce = MutatedRunningEvidenceTests.nonce
      (values, log) = (boot.values, boot.log)
      attest = try tpm.quote(PCRSelection([.init(.sha256, Array(0..<8))]), boot.values, nonce: nonce)
      signature = try tpm.sign(attest)
    }

    /// Nil where it is refused.
    func status() -> AttestationResult.Status? {
      let shown = ReferenceValues(registers: values.banks.mapValues { $0.mapValues { [$0] } })
      guard
        let evidence = try? Evidence(
          nonce: nonce, attest: attest, signature: signature, registers: shown.texts.registers, eventLog: log,
          firmwareVersion: "1.0")
      else { return nil }
      return try? Verdict.status(
        of: evidence, by: key, nonce: MutatedRunningEvidenceTests.nonce, policy: Profile.Attestation(),
        reference: reference)
    }
  }

  @Test func noneIsTrusted() throws {
    let sample = try Sample()
    #expect(sample.status() == .trusted, "the control")
    var (tried, failed) = (0, 0)
    func expectNotTrusted(_ what: String, _ change: (inout Sample) -> Void) {
      var damaged = sample
      change(&damaged)
      let status = damaged.status()
      #expect(status != .trusted, "\(what)")
      if status == .failed { failed += 1 }
      tried += 1
    }
    for (index, octets) in Mutations(of: sample.attest, count: 4200).enumerated() where octets != sample.attest {
      expectNotTrusted("attest \(index)") { $0.attest = octets }
    }
    for (index, octets) in Mutations(of: sample.signature, count: 2500).enumerated() where octets != sample.signature {
      expectNotTrusted("signature \(index)") { $0.signature = octets }
    }
    for (index, octets) in Mutations(of: sample.nonce, count: 500).enumerated() where octets != sample.nonce {
      // What the server compares with is what it gave; what the device says is its own affair.
      expectNotTrusted("nonce \(index)") {
        $0.attest =
          (try? sample.tpm.quote(PCRSelection([.init(.sha256, Array(0..<8))]), sample.values, nonce: octets)) ?? []
        $0.signature = (try? sample.tpm.sign($0.attest)) ?? []
      }
    }
    for register in 0..<8 {
      for bit in 0..<256 {
        expectNotTrusted("register \(register) \(bit)") {
          $0.values[.sha256, register]?[bit / 8] ^= 1 << UInt8(bit % 8)
        }
      }
    }
    // Each octet of each digest that the quoted bank has in the log, and entries lost, doubled and put elsewhere.
    let events = Boot().events
    for index in events.indices {
      for place in 0..<32 {
        for bit: UInt8 in [0x01, 0x10, 0x80] {
          expectNotTrusted("log \(index) \(place)") {
            var digests = events[index].digests
            digests[.sha256]?[place] ^= bit
            var damaged = events
            damaged[index] = MeasuredEvent(
              register: events[index].register, type: events[index].type, digests: digests, data: events[index].data)
            $0.log = SampleLog.encode(damaged)
          }
        }
      }
      expectNotTrusted("log without \(index)") {
        $0.log = SampleLog.encode(events.enumerated().filter { $0.offset != index }.map(\.element))
      }
      expectNotTrusted("log with \(index) twice") { $0.log = SampleLog.encode(events + [events[index]]) }
      for register in 0..<8 where register != events[index].register {
        expectNotTrusted("log with \(index) in \(register)") {
          var damaged = events
          damaged[index] = MeasuredEvent(
            register: register, type: events[index].type, digests: events[index].digests, data: events[index].data)
          $0.log = SampleLog.encode(damaged)
        }
      }
    }
    for (index, octets) in Mutations(of: sample.log, count: 600).enumerated() {
      // Of a log, what is damaged may be what nobody measured: then the verdict rests on the registers alone.
      var damaged = sample
      damaged.log = octets
      guard let status = damaged.status() else { continue }
      if status == .trusted {
        let read = try EventLog(parsing: octets).replayed(.sha256)
        #expect(read == sample.values.banks[.sha256], "log \(index)")
      }
    }
    #expect(tried >= 10_000 && failed > 1000, "\(tried) \(failed)")
  }
}

import Attestation
import Credentials
import TestKit
import Testing

/// 10,000 damaged copies of what real TPMs made, one part at a time. None is believed.
///
/// Outside of any signature, and therefore listed here and not counted: of the endorsement key's public area what its
/// certificate does not have (a policy, the count of its bits), which the TPM itself compares when it activates; of the
/// log its head, the types of events, data whose digest is of something else, digests of banks that are not quoted, and
/// entries of registers that are not quoted.
@Suite struct MutatedEvidenceTests {
  private struct Part {
    let name: String
    let count: Int
    let isBelieved: @Sendable (RecordedEvidence) -> Bool
  }

  private static let parts: [Part] = [
    Part(name: "ek_certificate", count: 500) { (try? $0.endorsementKey()) != nil },
    Part(name: "issuer", count: 300) { (try? $0.endorsementKey()) != nil },
    // A credential is made for this Name, and its TPM takes it for no other: so it is bound although nothing signs it.
    Part(name: "ak_public", count: 800) { isWhollyBelieved($0) && (try? $0.attestationKey().name) == $0["ak_name"] },
    Part(name: "key_public", count: 800) { isWhollyBelieved($0) },
    Part(name: "certify_attest", count: 900) { isWhollyBelieved($0) },
    Part(name: "certify_signature", count: 700) { isWhollyBelieved($0) },
    Part(name: "certify_nonce", count: 100) { isWhollyBelieved($0) },
    Part(name: "quote_attest", count: 900) { (try? $0.quote()) != nil },
    Part(name: "quote_signature", count: 700) { (try? $0.quote()) != nil },
    Part(name: "quote_nonce", count: 100) { (try? $0.quote()) != nil },
  ]

  private static func isWhollyBelieved(_ evidence: RecordedEvidence) -> Bool {
    guard let key = try? evidence.requestKey() else { return false }
    return (try? evidence.certifiedKey(key)) != nil
  }

  @Test func damagedPartsAreNotBelieved() throws {
    var tried = 0
    // Keys of RSA take longer to read: they get the smaller share.
    for (evidence, share) in [(RecordedEvidence.ecc, 16), (.rsa, 3)] {
      for part in Self.parts {
        #expect(part.isBelieved(evidence), "the control of \(part.name)")
        for (index, damaged) in Mutations(of: evidence[part.name], count: part.count * share / 10).enumerated()
        // A TPM2B without its size is the same area.
        where damaged != evidence[part.name] && damaged != Array(evidence[part.name].dropFirst(2)) {
          #expect(!part.isBelieved(evidence.replacing(part.name, damaged)), "\(part.name) \(index)")
          tried += 1
        }
      }
    }
    #expect(tried >= 10_000)
  }

  @Test func damagedEndorsementKeyIsRefusedOrTheSameKey() throws {
    for evidence in RecordedEvidence.all {
      let key = try evidence.endorsementKey().area
      for damaged in Mutations(of: evidence["ek_public"], count: 300) {
        guard let believed = try? evidence.replacing("ek_public", damaged).endorsementKey().area else { continue }
        #expect(believed.publicKey == key.publicKey && believed.attributes.isSuperset(of: .residence))
      }
    }
  }

  @Test func damagedRegistersAreNotBelieved() throws {
    var random = SeededRandom(seed: 5)
    for evidence in RecordedEvidence.all {
      for (register, value) in evidence.registers.banks[.sha256] ?? [:] {
        for _ in 0..<40 {
          var damaged = evidence
          var octets = value
          octets[Int.random(in: octets.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          damaged.registers[.sha256, register] = octets
          #expect(throws: AttestationFailure.otherValues) { try damaged.quote() }
        }
      }
    }
  }

  /// Every entry of the log, every octet of its digest in the quoted bank; and what is believed has the same digests.
  @Test func damagedLogsGiveNoOtherMeasurement() throws {
    let evidence = RecordedEvidence.ecc
    let events = try evidence.quote().events
    let all = try EventLog(parsing: evidence["event_log"]).events
    for index in all.indices where [0, 1, 4, 7, 9].contains(all[index].register) {
      for place in 0..<32 {
        var damaged = all
        var digests = all[index].digests
        digests[.sha256]?[place] ^= 0x10
        damaged[index] = MeasuredEvent(
          register: all[index].register, type: all[index].type, digests: digests, data: all[index].data)
        let changed = evidence.replacing("event_log", SampleLog.encode(damaged))
        #expect(throws: AttestationFailure.logDoesNotReplay(register: all[index].register)) { try changed.quote() }
      }
    }
    for damaged in Mutations(of: evidence["event_log"], count: 1_000) {
      guard let believed = try? evidence.replacing("event_log", damaged).quote() else { continue }
      // Whole registers may be missing beyond firmware's own; nothing may be there that was not measured.
      let told = believed.events.map { [$0.digests[.sha256] ?? [], [UInt8($0.register)]] }
      let measured = events.map { [$0.digests[.sha256] ?? [], [UInt8($0.register)]] }
      #expect(told.allSatisfy { measured.contains($0) })
    }
  }
}

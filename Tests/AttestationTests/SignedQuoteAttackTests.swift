import Attestation
import TestKit
import Testing

/// Quotes that an attacker signs validly, each class with what refuses it.
@Suite struct SignedQuoteAttackTests {
  private let forger: Forger
  private let values = PCRValues([
    .sha256: [0: [UInt8](repeating: 1, count: 32), 7: [UInt8](repeating: 2, count: 32)],
    .sha1: [0: [UInt8](repeating: 1, count: 20)],
  ])
  private let selection = PCRSelection([.init(.sha256, [0, 7])])

  init() throws { forger = try Forger() }

  private func verify(
    _ attest: [UInt8], values: PCRValues? = nil, nonce: [UInt8] = Forger.nonce, log: [UInt8]? = nil,
    demanded: Set<Int> = [0, 7]
  ) throws -> Quote {
    try Quote.verify(
      attest: attest, signature: forger.sign(attest), by: AttestationKey(forger.attestationArea()), nonce: nonce,
      values: values ?? self.values, eventLog: log, demanded: demanded)
  }

  @Test func controlPasses() throws {
    let quote = try verify(forger.quote(selection, values))
    // What the selection does not name is not among the claims, whatever the device says of it.
    #expect(quote.values[.sha1, 0] == nil && quote.values[.sha256, 7] != nil)
  }

  @Test func emptySelection() throws {
    for banks in [[], [PCRSelection.Bank(.sha256, [])]] {
      let attest = try forger.quote(PCRSelection(banks), values)
      #expect(throws: AttestationFailure.emptySelection) { try verify(attest, demanded: []) }
    }
  }

  @Test func bankOfSHA1() throws {
    let attest = try forger.quote(PCRSelection([.init(.sha1, [0])]), values)
    #expect(throws: AttestationFailure.weakBank) { try verify(attest, demanded: [0]) }
  }

  @Test func bankOfSHA1BesideAnother() throws {
    let attest = try forger.quote(PCRSelection([.init(.sha256, [0, 7]), .init(.sha1, [0])]), values)
    #expect(throws: AttestationFailure.weakBank) { try verify(attest) }
  }

  @Test func registerLeftOut() throws {
    let attest = try forger.quote(PCRSelection([.init(.sha256, [0])]), values)
    #expect(throws: AttestationFailure.registerMissing(7)) { try verify(attest) }
  }

  @Test func otherValues() throws {
    var told = values
    told[.sha256, 7] = [UInt8](repeating: 3, count: 32)
    let attest = try forger.quote(selection, values)
    #expect(throws: AttestationFailure.otherValues) { try verify(attest, values: told) }
    told[.sha256, 7] = nil
    #expect(throws: AttestationFailure.otherValues) { try verify(attest, values: told) }
    told[.sha256, 7] = []
    #expect(throws: AttestationFailure.otherValues) { try verify(attest, values: told) }
  }

  /// The same octets, cut elsewhere: a longer first value, and a shorter second.
  @Test func valuesCutElsewhere() throws {
    var told = values
    told[.sha256, 0] = (values[.sha256, 0] ?? []) + [2]
    told[.sha256, 7] = [UInt8](repeating: 2, count: 31)
    #expect(throws: AttestationFailure.otherValues) { try verify(forger.quote(selection, values), values: told) }
  }

  @Test func replayedNonce() throws {
    let attest = try forger.quote(selection, values, nonce: [UInt8](repeating: 9, count: 32))
    #expect(throws: AttestationFailure.wrongNonce) { try verify(attest) }
  }

  @Test func certificationForQuote() throws {
    let attest = try forger.certify(forger.attestationArea().name)
    #expect(throws: AttestationFailure.notQuote) { try verify(attest) }
  }

  @Test func bankTwice() throws {
    let attest = try forger.quote(selection, values)
    // The list's count and its one bank, said twice.
    let list = attest.count - 34 - 10
    let twice = Array(attest[..<list]) + [0, 0, 0, 2] + attest[(list + 4)..<(list + 10)] + attest[(list + 4)...]
    #expect(throws: AttestationFailure.malformed("the attestation", .badValue)) { try verify(twice) }
  }

  /// A log of other measurements than the registers have.
  @Test func logOfAnotherBoot() throws {
    let evidence = RecordedEvidence.ecc
    let attest = try forger.quote(selection, values)
    #expect(throws: AttestationFailure.logDoesNotReplay(register: 0)) {
      try verify(attest, log: evidence["event_log"])
    }
  }

  /// A true quote's log without its last entry: the kernel was not measured, it says.
  @Test func logCutShort() throws {
    let evidence = RecordedEvidence.rsa
    let log = evidence["event_log"]
    for register in [9, 4] {
      let parsed = try EventLog(parsing: log)
      let last = try #require(parsed.events.lastIndex { $0.register == register })
      let cut = SampleLog.encode(parsed.events.enumerated().filter { $0.offset != last }.map(\.element))
      if register == 9 {
        // Nothing is left of PCR 9, and no firmware's register is it: its value stands, and no event explains it.
        let quote = try evidence.replacing("event_log", cut).quote()
        #expect(!quote.events.contains { $0.register == 9 })
      } else {
        #expect(throws: AttestationFailure.logDoesNotReplay(register: register)) {
          try evidence.replacing("event_log", cut).quote()
        }
      }
    }
    // The control: encoding all of it again changes nothing.
    #expect(try SampleLog.encode(EventLog(parsing: log).events) == log)
  }
}

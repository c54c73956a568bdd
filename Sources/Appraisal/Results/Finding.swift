import Attestation
import Crypto
import Issuance
import Registry
import WireFormats

/// An appraisal on its way into the store.
struct Finding: Sendable {
  let evidence: Evidence
  let attester: Attester
  let believed: Believed
  let token: String
  let at: Instant

  var verdict: Verdict { believed.verdict }
  var nextDue: Instant? { attester.policy.every.map { at + $0 } }

  func record(id: AttestationID, _ consequence: AttestationRecord.Consequence) -> AttestationRecord {
    AttestationRecord(
      id: id, device: attester.device.id, appraisedAt: at, status: AttestationRecord.Status(verdict.status),
      reasons: verdict.reasons, firmwareVersion: evidence.firmwareVersion, consequence: consequence,
      attestationKey: attester.tpm.attestationKey, nonce: evidence.nonce, attest: evidence.attest,
      signature: evidence.signature, registers: StoredRegisters.text(of: believed.quote.values),
      eventLogHash: evidence.eventLog.map { Array(SHA256.hash(data: $0)) }, eventLog: evidence.eventLog, token: token)
  }

  func standing(_ record: AttestationRecord) -> AttestationStanding {
    let clock = believed.quote.clock
    return AttestationStanding(
      device: record.device, attestation: record.id, status: record.status, reasons: record.reasons,
      firmwareVersion: record.firmwareVersion, appraisedAt: at, dueAt: nextDue, clock: clock.milliseconds,
      resets: clock.resets, restarts: clock.restarts)
  }
}

extension AttestationRecord.Status {
  init(_ status: AttestationResult.Status) {
    switch status {
    case .trusted: self = .trusted
    case .warning: self = .warning
    case .failed: self = .failed
    }
  }
}

/// A quote's values as a record has them.
enum StoredRegisters {
  static func text(of values: PCRValues) -> String {
    ReferenceValues(registers: values.banks.mapValues { $0.mapValues { [$0] } }).stored
  }

  static func values(_ record: AttestationRecord) throws -> ReferenceValues {
    do {
      return try ReferenceValues(stored: record.registers)
    } catch {
      throw StoreError.malformed("attestation \(record.id): \(error)")
    }
  }
}

extension AttestationRecord {
  /// Its registers, by bank and number, in hexadecimal.
  public var registerTexts: [String: [String: String]] {
    (try? ReferenceValues(stored: registers))?.texts.registers ?? [:]
  }
}

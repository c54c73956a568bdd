import AuditLog
import Issuance
import Registry
import WireFormats

extension AppraisalService {
  /// One durable transaction: evidence and result, how the device stands by it, what follows, and the entries.
  ///
  /// Whose TPM it is, and whether the device still is in service, is looked at again: an operator may have acted since.
  func record(_ finding: Finding) async throws(Refusal) -> Appraised {
    let service = self
    do {
      let record = try await store.write { try service.record(finding, in: $0) }
      return Appraised(
        record: record, expiresAt: finding.at + finding.attester.policy.resultLifetime, nextDue: finding.nextDue)
    } catch {
      throw Refusal.from(error)
    }
  }

  private func record(_ finding: Finding, in writer: any StoreWriter) throws -> AttestationRecord {
    let attester = finding.attester
    let device = try RunningDevice.find(
      certificate: attester.certificate.encoded, in: writer, of: organization, at: finding.at
    ).device
    guard try writer.deviceTPM(of: device.id, in: organization)?.attestationKey == attester.tpm.attestationKey else {
      throw Refusal(.conflict, "the device's TPM is another one now")
    }
    var random = SystemRandomNumberGenerator()
    let consequence = try consequence(of: finding, for: device, in: writer)
    let record = finding.record(id: AttestationID(at: finding.at, random: &random), consequence)
    try writer.insert(record, in: organization)
    try writer.put(finding.standing(record), in: organization)
    try writer.append(entry(record, device, attester), in: organization)
    if consequence == .suspended { try suspend(device, for: record, in: writer) }
    return record
  }

  private func consequence(
    of finding: Finding, for device: DeviceRecord, in writer: any StoreWriter
  ) throws -> AttestationRecord.Consequence {
    guard finding.verdict.status == .failed, finding.attester.policy.onFailure == .suspend else { return .none }
    let limiter = SuspensionLimiter(organization: organization, now: finding.at)
    return try limiter.maySuspend(device, in: writer) ? .suspended : .asked
  }

  /// The act that an operator has, by the policy.
  private func suspend(_ device: DeviceRecord, for record: AttestationRecord, in writer: any StoreWriter) throws {
    let reference = DeviceReference(serial: device.serial, manufacturer: device.manufacturer)
    let reason = "failed attestation \(record.id): " + (record.reasons.first ?? "")
    let act = devices.suspend(reference, reason: RecordText.shortened(reason))
    _ = try administration.apply(act, by: .attestationPolicy, through: .rest, in: writer)
  }

  private func entry(_ record: AttestationRecord, _ device: DeviceRecord, _ attester: Attester) -> AuditEntry {
    var details = ["attestation": record.id.rawValue, "status": record.status.rawValue]
    details["firmware_version"] = record.firmwareVersion
    if record.consequence != .none { details["consequence"] = record.consequence.rawValue }
    return AuditEntry(
      at: record.appraisedAt, actor: "certificate:\(attester.certificate.serial)", door: Door.rest.rawValue,
      act: Self.act, subject: device.auditSubject, outcome: record.status == .failed ? "alarm" : "ok",
      reason: record.reasons.isEmpty ? nil : RecordText.shortened(record.reasons.joined(separator: "; ")),
      details: details)
  }
}

import Attestation
import Credentials
import Issuance
import Registry
import WireFormats

/// A device that may attest: who it is by its certificate, which TPM is its, and what its profile wants.
struct Attester: Sendable {
  let device: DeviceRecord
  let certificate: CertificateRecord
  let tpm: DeviceTPMRecord
  let policy: Profile.Attestation

  /// - Throws: what `RunningDevice.find` throws; `conflict` for a device that has enrolled no TPM.
  static func find(
    _ certificate: [UInt8]?, in reader: any StoreReader, of organization: OrganizationID, at now: Instant
  ) throws -> Attester {
    let running = try RunningDevice.find(certificate: certificate, in: reader, of: organization, at: now)
    guard let tpm = try reader.deviceTPM(of: running.device.id, in: organization) else {
      throw Refusal(.conflict, "the device has no TPM here", hint: "enroll it with its TPM first")
    }
    return Attester(
      device: running.device, certificate: running.certificate, tpm: tpm,
      policy: try policy(of: running.device, in: reader, organization))
  }

  /// Of the device's own profile; the defaults where it says nothing of attestation.
  private static func policy(
    of device: DeviceRecord, in reader: any StoreReader, _ organization: OrganizationID
  ) throws -> Profile.Attestation {
    guard let record = try reader.profile(device.profile, in: organization) else { return Profile.Attestation() }
    do {
      return try ProfileDocument.parse(record.document).attestation ?? Profile.Attestation()
    } catch {
      throw Refusal(.unavailable, "profile \(record.name) cannot be read", detail: "\(error)")
    }
  }
}

/// Evidence whose quote is by the device's own attestation key, fresh, and over what was asked; and what it comes to.
struct Believed: Sendable {
  let quote: Quote
  let verdict: Verdict
  let nonce: [UInt8]
  let firmwareVersion: String?

  /// - Throws: `AttestationFailure` for what is not believed.
  init(
    _ evidence: Evidence, of attester: Attester, askedAt: Instant, in reader: any StoreReader,
    _ organization: OrganizationID
  ) throws {
    let key = try AttestationKey(publicArea: attester.tpm.attestationKey)
    let policy = attester.policy
    let quote = try Self.quote(evidence, by: key, nonce: evidence.nonce, policy)
    self.quote = quote
    nonce = evidence.nonce
    firmwareVersion = evidence.firmwareVersion
    verdict = Verdict(
      quote, of: evidence,
      in: AppraisalContext(
        policy: policy, product: attester.device.product ?? "",
        reference: try Self.reference(for: attester.device, evidence.firmwareVersion, in: reader, organization),
        earlier: try Self.earlierClock(of: attester, before: askedAt, in: reader, organization)))
  }

  static func quote(
    _ evidence: Evidence, by key: AttestationKey, nonce: [UInt8], _ policy: Profile.Attestation
  ) throws(AttestationFailure) -> Quote {
    let quote = try Quote.verify(
      attest: evidence.attest, signature: evidence.signature, by: key, nonce: nonce, values: evidence.values,
      demanded: Set(policy.registers))
    // Registers of another bank are no answer to what was asked.
    if let missing = policy.registers.first(where: { quote.values[policy.hash, $0] == nil }) {
      throw .registerMissing(missing)
    }
    return quote
  }

  private static func reference(
    for device: DeviceRecord, _ version: String?, in reader: any StoreReader, _ organization: OrganizationID
  ) throws -> ReferenceValues? {
    guard let version,
      let record = try reader.baseline(
        product: device.product ?? "", firmwareVersion: version, in: organization)
    else { return nil }
    do {
      return try ReferenceValues(stored: record.document)
    } catch {
      throw StoreError.malformed("baseline of \(record.product) \(record.firmwareVersion): \(error)")
    }
  }

  /// Of the same attestation key, and appraised before this quote's nonce was given: two quotes under way at once may
  /// arrive in either order.
  private static func earlierClock(
    of attester: Attester, before askedAt: Instant, in reader: any StoreReader, _ organization: OrganizationID
  ) throws -> TPMClock? {
    guard let standing = try reader.attestationStanding(of: attester.device.id, in: organization),
      standing.appraisedAt <= askedAt,
      let record = try reader.attestation(standing.attestation, in: organization),
      record.attestationKey == attester.tpm.attestationKey
    else { return nil }
    return TPMClock(milliseconds: standing.clock, resets: standing.resets, restarts: standing.restarts)
  }
}

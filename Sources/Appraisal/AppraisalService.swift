import Attestation
import Credentials
import Issuance
import KeyCustody
import Registry
import WireFormats

/// How running devices attest (RFC 9334, background-check by the one who also issues): a nonce, evidence, a result.
///
/// Nothing but a quote by the device's own enrolled attestation key says anything about it. Evidence that is not believed
/// is refused and logged, and leaves the device as it stands.
public struct AppraisalService: Sendable {
  /// Believed attestations of one device in an hour, so that none can fill the store.
  static let mostPerHour = 20
  /// The rule that refuses evidence, as answers and the log name it.
  static let rule = "evidence"
  static let act = "device.attest"

  package let administration: Administration
  let devices: DeviceService
  let signer: ResultSigner
  let issuer: @Sendable () -> String
  private let refusals = RefusalBudget(perName: 10, total: 600)

  /// - Parameters:
  ///   - signer: of results.
  ///   - issuer: what results name as who appraised: the address that devices reach.
  public init(
    administration: Administration, devices: DeviceService, signer: ResultSigner,
    issuer: @escaping @Sendable () -> String
  ) {
    (self.administration, self.devices, self.signer, self.issuer) = (administration, devices, signer, issuer)
  }

  var store: any Store { administration.store }
  var organization: OrganizationID { administration.organization }
  var now: Clock { administration.now }

  /// Whether the certificate is a device's that may attest; looked up again when it does.
  public func checkCaller(_ certificate: [UInt8]?) async throws(Refusal) {
    let (organization, time) = (organization, now())
    do {
      _ = try await store.read { try Attester.find(certificate, in: $0, of: organization, at: time) }
    } catch {
      throw Refusal.from(error)
    }
  }

  /// A nonce for the device that shows this certificate, and what its profile wants quoted.
  public func nonce(for certificate: [UInt8]?) async throws(Refusal) -> (EvidenceNonce, Profile.Attestation) {
    let (organization, time) = (organization, now())
    do {
      return try await store.write { writer in
        let attester = try Attester.find(certificate, in: writer, of: organization, at: time)
        return (
          try EvidenceNonce.make(for: attester.device.id, in: writer, of: organization, at: time), attester.policy
        )
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  /// - Throws: `policy` with the rule `evidence` for what is not believed, `notFound` for a nonce that is not this
  ///   device's or is over, and what its standing refuses.
  public func appraise(
    _ evidence: Evidence, by certificate: [UInt8]?, address: String
  ) async throws(Refusal) -> Appraised {
    let time = now()
    let (attester, askedAt) = try await begin(evidence, certificate, at: time)
    do throws(Refusal) {
      let believed = try await believe(evidence, of: attester, askedAt: askedAt)
      let token = try await signer.token(of: result(of: believed, attester, at: time))
      return try await record(
        Finding(evidence: evidence, attester: attester, believed: believed, token: token, at: time))
    } catch {
      await recordRefusal(error, of: attester, address: address)
      throw error
    }
  }

  /// Who attests, and when its nonce was given; the nonce is over with this.
  private func begin(
    _ evidence: Evidence, _ certificate: [UInt8]?, at time: Instant
  ) async throws(Refusal) -> (Attester, Instant) {
    let organization = organization
    do {
      return try await store.write { writer in
        let attester = try Attester.find(certificate, in: writer, of: organization, at: time)
        let recent = try writer.countAttestations(of: attester.device.id, since: time - .hours(1), in: organization)
        guard recent < Self.mostPerHour else {
          throw Refusal(.throttled, "the device attested \(recent) times within an hour", retryAfter: 600)
        }
        return (
          attester,
          try EvidenceNonce.take(evidence.nonce, from: attester.device.id, in: writer, of: organization, at: time)
        )
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  /// On the store's own threads, since a log is thousands of hashes.
  private func believe(
    _ evidence: Evidence, of attester: Attester, askedAt: Instant
  ) async throws(Refusal) -> Believed {
    let organization = organization
    do {
      return try await store.read { reader in
        try Believed(evidence, of: attester, askedAt: askedAt, in: reader, organization)
      }
    } catch let failure as AttestationFailure {
      throw .policy(Self.rule, failure.description)
    } catch {
      throw Refusal.from(error)
    }
  }

  private func result(of believed: Believed, _ attester: Attester, at time: Instant) -> AttestationResult {
    let verdict = believed.verdict
    return AttestationResult(
      issuer: issuer(), subject: attester.device.id.rawValue, serial: attester.device.serial,
      firmwareVersion: verdict.measurements.isEmpty ? nil : believed.firmwareVersion, status: verdict.status,
      reasons: verdict.reasons, nonce: believed.nonce, measurements: verdict.measurements, issuedAt: time,
      expiresAt: time + attester.policy.resultLifetime)
  }

  private func recordRefusal(_ refusal: Refusal, of attester: Attester, address: String) async {
    let subject = attester.device.auditSubject
    guard refusal.rule == Self.rule, refusals.take(subject, at: now()) else { return }
    let entry = RefusedEvidence.entry(
      Self.act, by: "certificate:\(attester.certificate.serial)", on: subject, refusal, address: address, at: now())
    // A store that cannot write has its own alarm; the device gets the refusal either way.
    try? await store.write { [organization] in try $0.append(entry, in: organization) }
  }
}

extension Profile.Attestation {
  /// How long a result may be believed: until the one after the next is due.
  var resultLifetime: Span { every.map { Span(milliseconds: $0.milliseconds * 2) } ?? .hours(48) }
}

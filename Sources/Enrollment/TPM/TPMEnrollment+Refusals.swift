import Issuance
import Registry

extension TPMEnrollment {
  /// Evidence that was not believed is an entry in the log: it may be an attempt with another TPM. The requester has
  /// shown a secret by then; entries are bounded all the same.
  func recordRefusal(_ refusal: Refusal, of requester: TPMRequester) async {
    guard refusal.rule == Self.rule, refusals.take(requester.name, at: now()) else { return }
    let (organization, time) = (organization, now())
    // A store that cannot write has its own alarm; the device gets the refusal either way.
    try? await store.write { writer in
      let device = try writer.devices(serial: requester.name, in: organization).first
      let subject = device?.auditSubject ?? "grant:\(requester.name)"
      try writer.append(
        RefusedEvidence.entry(
          "device.tpm-enroll", by: subject, on: subject, refusal, address: requester.address, at: time),
        in: organization)
    }
  }
}

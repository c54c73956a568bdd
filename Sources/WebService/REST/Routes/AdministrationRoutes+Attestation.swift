import AdministrationAPI
import Appraisal
import Issuance
import WireFormats

extension AdministrationRoutes {
  /// A running device's own door, by its certificate.
  var evidenceRoutes: [APIRoute] {
    [
      APIRoute(
        method: .post, path: "/attestation/nonces", operation: "askForNonce",
        summary: "Gives a device what its TPM has to quote: its own client certificate.", tag: "attestation",
        access: .deviceCertificate, success: .json("AttestationNonce", status: 201),
        handler: .open { call in try await askForNonce(call) }),
      APIRoute(
        method: .post, path: "/attestation", operation: "attest",
        summary: "Appraises a device's evidence: its own client certificate, and a quote by its enrolled key.",
        tag: "attestation", access: .deviceCertificate, body: .json("Evidence", required: true),
        success: .json("AttestationAnswer"),
        handler: .open { call in try await attest(call) }),
      APIRoute(
        method: .get, path: "/attestation/keys", operation: "listAttestationKeys",
        summary: "The keys that results are signed with, as a JWK set (RFC 7517).", tag: "attestation", access: .open,
        success: .json("KeySet"),
        handler: .open { _ in
          APIAnswer(
            contentType: "application/json", body: Array(try await services.results.keySet().written().utf8))
        }),
    ]
  }

  private func askForNonce(_ call: APICall) async throws -> APIAnswer {
    let (nonce, policy) = try await services.appraisal.nonce(for: call.certificate)
    return try .json(
      AttestationNonceItem(
        nonce: Base64.encode(nonce.octets), expiresAt: "\(nonce.expiresAt)", bank: policy.bank.rawValue,
        pcrs: policy.registers, eventLog: policy.eventLog.rawValue, every: policy.every.map { "\($0)" }),
      status: 201)
  }

  private func attest(_ call: APICall) async throws -> APIAnswer {
    let asked: EvidenceBody = try call.decoded()
    let evidence: Evidence
    do {
      evidence = try Evidence(
        nonce: Self.octets(asked.nonce, "nonce"), attest: Self.octets(asked.attest, "attest"),
        signature: Self.octets(asked.signature, "signature"), registers: asked.pcrs,
        eventLog: asked.eventLog.map { text throws(ProblemDetails) in try Self.octets(text, "event_log") },
        firmwareVersion: asked.firmwareVersion)
    } catch let malformed as Evidence.Malformed {
      throw ProblemDetails.badRequest(malformed.description)
    }
    return try .json(
      AttestationAnswer(
        try await services.appraisal.appraise(evidence, by: call.certificate, address: call.address)))
  }
}

extension AttestationAnswer {
  init(_ appraised: Appraised) {
    let record = appraised.record
    self.init(
      id: record.id.rawValue, status: record.status.rawValue, reasons: record.reasons,
      firmwareVersion: record.firmwareVersion, appraisedAt: "\(record.appraisedAt)",
      expiresAt: "\(appraised.expiresAt)", nextDue: appraised.nextDue?.description,
      suspended: record.consequence == .suspended, token: record.token)
  }
}

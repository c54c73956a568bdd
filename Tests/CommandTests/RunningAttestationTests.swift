import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// A running device attests at the real program, and is suspended by what it attests.
@Suite(.serialized) struct RunningAttestationTests {
  private struct Added: Decodable {
    let secret: String
  }

  private static let policy = "\nattestation:\n  every: 24h\n  on-failure: suspend\n"

  /// Whom curl shows itself as: the device by its certificate.
  private struct Client {
    let device: TPMDevice
    let server: RunningServer
    let options: [String]

    func ask(_ path: String, _ body: some Encodable) throws -> TPMDevice.Answer {
      try TPMDevice.post(path, body, showing: options, at: server)
    }

    func attest(_ version: String = "1.0") throws -> AttestationAnswer {
      let nonce = try ask("/attestation/nonces", [String: String]())
      let answer = try ask("/attestation", try device.evidence(nonce.decoded(), version: version))
      #expect(answer.status == "200", "\(answer.text)")
      return try answer.decoded()
    }
  }

  /// Enrolls its TPM, and then a key of openssl's, which curl can use.
  private static func client(_ serial: String, _ tpm: SoftwareTPM, at server: RunningServer) async throws -> Client {
    let shown = try await server.touchmark(["profile", "export", "operational"])
    try server.folder.write(
      "watched.yaml", shown.output.replacingOccurrences(of: "name: operational", with: "name: watched") + policy)
    #expect(try await server.touchmark(["profile", "apply", server.folder.path + "/watched.yaml"]).exit == 0)
    let first: Added = try await server.json(["device", "add", serial, "--profile", "watched", "--product", "gw"])
    let device = try await offloading { try TPMDevice(tpm) }
    let trusted = try await server.touchmark([
      "trust", "add", serial.lowercased(), "--purpose", "tpm", "--manufacturer", "Chips", "--certificate",
      tpm.manufacturer.root,
    ])
    #expect(trusted.exit == 0, "\(trusted.transcript)")
    try await offloading {
      let name = "\(serial):\(first.secret)"
      let challenge = try TPMDevice.post("/enroll/tpm/challenges", device.introduction(), as: name, at: server)
      let answer = try device.answer(challenge.decoded(), csr: device.request(serial))
      #expect(try TPMDevice.post("/enroll/tpm", answer, as: name, at: server).status == "200")
    }
    let second: Added = try await server.json(["device", "invite", serial])
    return try await offloading {
      let path = server.folder.path + "/" + serial
      let made = try Finished(
        running: "openssl",
        [
          "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path + ".key",
          "-subj", "/serialNumber=\(serial)",
        ], seconds: 60)
      let issued = try TPMDevice.post(
        "/enroll", EnrollmentBody(csr: made.text), as: "\(serial):\(second.secret)", at: server)
      #expect(issued.status == "200", "\(issued.text)")
      try server.folder.write(serial + ".pem", issued.decoded(IssuedCertificate.self).certificate)
      return Client(device: device, server: server, options: ["--cert", path + ".pem", "--key", path + ".key"])
    }
  }

  @Test func aDeviceIsTrustedAndThenSuspended() async throws {
    try await RunningServer.with { server in
      let tpm = try await offloading { try SoftwareTPM() }
      let client = try await Self.client("GW-1", tpm, at: server)
      let first = try await offloading { try client.attest() }
      #expect(first.status == "warning" && first.reasons == ["there are no reference values for firmware 1.0 of gw"])
      let learned = try await server.touchmark(["baseline", "learn", "GW-1"])
      #expect(
        learned.output == "gw 1.0 has reference values for sha256:0,1,2,3,4,5,6,7, learned from GW-1\n",
        "\(learned.transcript)")
      let trusted = try await offloading { try client.attest() }
      #expect(trusted.status == "trusted" && trusted.nextDue != nil && !trusted.suspended)

      // Somebody without the certificate, and somebody with another TPM's quote.
      let (stranger, forged) = try await offloading {
        let nothing = try TPMDevice.post("/attestation/nonces", [String: String](), showing: [], at: server)
        let nonce: AttestationNonceItem = try client.ask("/attestation/nonces", [String: String]()).decoded()
        let other = try TPMDevice(SoftwareTPM())
        return (nothing, try client.ask("/attestation", other.evidence(nonce, version: "1.0")))
      }
      #expect(stranger.status == "401" && forged.status == "422" && forged.problem?.rule == "evidence")
      let standing: AttestationDetail = try await server.json(["attestation", "show", "GW-1"])
      #expect(standing.standing?.status == "trusted")

      let failed = try await offloading {
        try tpm.run("pcrextend", "4:sha256=" + String(repeating: "11", count: 32))
        return try client.attest()
      }
      #expect(failed.status == "failed" && failed.suspended && failed.reasons.first?.contains("PCR 4") == true)
      // OCSP asks the same records; the lane `tpm_running` asks it over its own protocol, within a second.
      let certificates: [CertificateItem] = try await server.json(["certificate", "list", "--device", "GW-1"])
      #expect(certificates.allSatisfy { $0.status == "held" } && certificates.count == 2)
      let refused = try await offloading { try client.ask("/attestation/nonces", [String: String]()) }
      #expect(refused.status == "403" && refused.problem?.code == "suspended")
      try await Self.whatOperatorsSee(failed, at: server)
    }
  }

  private static func whatOperatorsSee(_ failed: AttestationAnswer, at server: RunningServer) async throws {
    let device = try await server.touchmark(["device", "show", "GW-1"])
    #expect(device.output.contains("failed its attestation with firmware 1.0: PCR 4 (sha256)"), "\(device.output)")
    #expect(device.output.contains("suspended by the attestation policy: failed attestation \(failed.id)"))
    let listed: [AttestationItem] = try await server.json(["attestation", "list", "--status", "failed"])
    #expect(listed.map(\.serial) == ["GW-1"] && listed.first?.state == "suspended")
    let evidence: AttestationEvidenceItem = try await server.json(["attestation", "show", "--evidence", failed.id])
    #expect(evidence.consequence == "suspended" && evidence.pcrs["sha256"]?.count == 8)
    let limit = try await server.touchmark(["attestation", "limit", "--percent", "5"])
    #expect(limit.output == "a policy may suspend 5 % of the fleet in an hour\n", "\(limit.transcript)")
    let resumed = try await server.touchmark(["attestation", "resume"])
    #expect(resumed.exit != 0 && resumed.errors.contains("automatic suspension has not stopped"))
    let listing: [BaselineItem] = try await server.json(["baseline", "list"])
    #expect(listing.map(\.product) == ["gw"])
    let removed = try await server.touchmark(["baseline", "remove", "--product", "gw", "--firmware", "1.0"])
    #expect(removed.output == "gw 1.0 has no reference values any more\n", "\(removed.transcript)")
    let released = try await server.touchmark(["device", "tpm", "release", "GW-1", "--reason", "repaired"])
    #expect(released.output == "GW-1 has no TPM any more\n", "\(released.transcript)")
    let gone = try await server.touchmark(["attestation", "show", "GW-1"])
    #expect(gone.output.hasPrefix("GW-1: it has no TPM here\n"), "\(gone.output)")
  }

  /// A nonce that one process gave is answered at another.
  @Test func anotherProcessTakesTheEvidence() async throws {
    try await RunningServer.with { server in
      let tpm = try await offloading { try SoftwareTPM() }
      let client = try await Self.client("GW-2", tpm, at: server)
      let nonce: AttestationNonceItem = try await offloading {
        try client.ask("/attestation/nonces", [String: String]()).decoded()
      }
      await server.stop()
      try await server.serve()
      let (answer, again) = try await offloading {
        let evidence = try client.device.evidence(nonce, version: "1.0")
        return (try client.ask("/attestation", evidence), try client.ask("/attestation", evidence))
      }
      #expect(answer.status == "200" && again.status == "404", "\(answer.text)")
      let keys = try await offloading {
        try Finished(
          running: "curl", ["-sS", "--cacert", server.root, "\(server.https)/api/v1/attestation/keys"], seconds: 60
        ).text
      }
      #expect(keys.contains(#""kty": "EC""#) && !keys.contains(#""d":"#), "\(keys)")
    }
  }
}

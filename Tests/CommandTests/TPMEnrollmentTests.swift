import AdministrationAPI
import Credentials
import Foundation
import TestKit
import Testing
import WireFormats

/// A device with a TPM enrolls at the real program: swtpm and tpm2-tools on its side, curl for the wire.
@Suite(.serialized) struct TPMEnrollmentTests {
  /// What `device add` prints of a new device.
  private struct Added: Decodable {
    let secret: String
  }

  private static func secret(of serial: String, at server: RunningServer) async throws -> String {
    let added: Added = try await server.json(["device", "add", serial, "--profile", "hardware"])
    return added.secret
  }

  /// A profile that wants keys in hardware.
  private static func openProfile(at server: RunningServer) async throws {
    let shown = try await server.touchmark(["profile", "export", "operational"])
    let text = shown.output.replacingOccurrences(of: "name: operational", with: "name: hardware") + "\nkey: hardware\n"
    try server.folder.write("hardware.yaml", text)
    let applied = try await server.touchmark(["profile", "apply", server.folder.path + "/hardware.yaml"])
    #expect(applied.exit == 0, "\(applied.transcript)")
  }

  @Test func aKeyThatLivesInATPMIsCertified() async throws {
    try await RunningServer.with { server in
      try await Self.openProfile(at: server)
      let (first, second) = (
        try await Self.secret(of: "GW-1", at: server), try await Self.secret(of: "GW-2", at: server)
      )
      let device = try await offloading { try TPMDevice(SoftwareTPM()) }
      let introduction = try device.introduction()
      // Nobody has said yet whose TPMs are believed.
      let untrusted = try await offloading {
        try TPMDevice.post("/enroll/tpm/challenges", introduction, as: "GW-1:\(first)", at: server)
      }
      #expect(untrusted.status == "422" && untrusted.problem?.rule == "tpm")
      let trusted = try await server.touchmark([
        "trust", "add", "chips", "--purpose", "tpm", "--manufacturer", "Chips", "--certificate",
        device.tpm.manufacturer.root,
      ])
      #expect(trusted.exit == 0, "\(trusted.transcript)")
      #expect(trusted.output == "chips is trusted for TPMs of Chips\n")

      // A key in software is no key in hardware.
      try await offloading {
        let csr = try device.request("GW-1")
        let plain = try TPMDevice.post("/enroll", EnrollmentBody(csr: csr), as: "GW-1:\(first)", at: server)
        #expect(plain.status == "422" && plain.problem?.rule == "key")
        let stranger = try TPMDevice.post("/enroll/tpm/challenges", introduction, as: "GW-1:wrong", at: server)
        #expect(stranger.status == "401")

        let challenge = try TPMDevice.post("/enroll/tpm/challenges", introduction, as: "GW-1:\(first)", at: server)
        #expect(challenge.status == "201", "\(String(decoding: challenge.body, as: UTF8.self))")
        let answer = try device.answer(challenge.decoded(), csr: csr)
        // Not by another device's name, and then not again at all: a challenge is answered once.
        let byOther = try TPMDevice.post("/enroll/tpm", answer, as: "GW-2:\(second)", at: server)
        #expect(byOther.status == "404")
        #expect(try TPMDevice.post("/enroll/tpm", answer, as: "GW-1:\(first)", at: server).status == "404")

        let began = Date()
        let next = try TPMDevice.post("/enroll/tpm/challenges", introduction, as: "GW-1:\(first)", at: server)
        let issued = try TPMDevice.post(
          "/enroll/tpm", device.answer(next.decoded(), csr: csr), as: "GW-1:\(first)", at: server)
        #expect(issued.status == "200", "\(String(decoding: issued.body, as: UTF8.self))")
        print("attested enrollment on swtpm: \(Date().timeIntervalSince(began)) s")
        let pem = try issued.decoded(IssuedCertificate.self).certificate
        let certificate = try Certificate(parsing: PEM.parse(pem)?.first?.bytes ?? [])
        #expect(
          certificate.publicKey == (try CertificationRequest(parsing: PEM.parse(csr)?.first?.bytes ?? []).publicKey))

        // The TPM is GW-1's now.
        let foreign = try TPMDevice.post("/enroll/tpm/challenges", introduction, as: "GW-2:\(second)", at: server)
        let refused = try TPMDevice.post(
          "/enroll/tpm", device.answer(foreign.decoded(), csr: device.request("GW-2")), as: "GW-2:\(second)",
          at: server)
        #expect(refused.status == "409", "\(String(decoding: refused.body, as: UTF8.self))")
      }
      let certificates: [CertificateItem] = try await server.json(["certificate", "list", "--device", "GW-1"])
      #expect(certificates.map(\.keyOrigin) == ["attested"])
      let log: [AuditItem] = try await server.json(["audit", "list"])
      #expect(log.contains { $0.act == "certificate.issue" && $0.details["key"] == "in a TPM of chips" })
    }
  }

  @Test func anotherProcessTakesTheAnswer() async throws {
    try await RunningServer.with { server in
      try await Self.openProfile(at: server)
      let secret = try await Self.secret(of: "GW-3", at: server)
      let device = try await offloading { try TPMDevice(SoftwareTPM(), .ecc) }
      let trusted = try await server.touchmark([
        "trust", "add", "chips", "--purpose", "tpm", "--manufacturer", "Chips", "--certificate",
        device.tpm.manufacturer.root,
      ])
      #expect(trusted.exit == 0)
      let challenge = try await offloading {
        try TPMDevice.post("/enroll/tpm/challenges", device.introduction(), as: "GW-3:\(secret)", at: server)
      }
      await server.stop()
      try await server.serve()
      let issued = try await offloading {
        try TPMDevice.post(
          "/enroll/tpm", device.answer(challenge.decoded(), csr: device.request("GW-3")), as: "GW-3:\(secret)",
          at: server)
      }
      #expect(issued.status == "200", "\(String(decoding: issued.body, as: UTF8.self))")
    }
  }
}

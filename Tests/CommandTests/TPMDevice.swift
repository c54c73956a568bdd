import AdministrationAPI
import Foundation
import TestKit
import WireFormats

/// A device with a TPM that asks the real program: swtpm and tpm2-tools on its side, curl for the wire.
struct TPMDevice: Sendable {
  static let (attestationHandle, keyHandle) = ("0x81020001", "0x81020002")

  let tpm: SoftwareTPM
  let kind: SoftwareTPM.Kind
  let attestationKey: [UInt8]
  let key: [UInt8]

  /// What a request got: its HTTP status and body.
  struct Answer {
    let status: String
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(Value.self, from: Data(body))
    }

    var problem: Problem? { try? decoded() }
  }

  static func post(
    _ path: String, _ body: some Encodable, as credential: String, at server: RunningServer
  ) throws -> Answer {
    try post(path, body, showing: ["-u", credential], at: server)
  }

  /// - Parameter options: curl's, which say who asks.
  static func post(
    _ path: String, _ body: some Encodable, showing options: [String], at server: RunningServer
  ) throws -> Answer {
    let json = [UInt8](try JSONEncoder().encode(body))
    let finished = try Finished(
      running: "curl",
      ["-sS", "-w", "\n%{http_code}", "--cacert", server.root] + options + [
        "-H", "Content-Type: application/json", "--data-binary", "@-", "\(server.https)/api/v1\(path)",
      ], input: json, seconds: 60)
    let lines = finished.text.split(separator: "\n", omittingEmptySubsequences: false)
    return Answer(status: lines.last.map(String.init) ?? "", body: Array(lines.dropLast().joined(separator: "\n").utf8))
  }

  init(_ tpm: SoftwareTPM, _ kind: SoftwareTPM.Kind = .rsa) throws {
    (self.tpm, self.kind) = (tpm, kind)
    attestationKey = try tpm.attestationKey(.ecc, under: kind, at: Self.attestationHandle)
    key = try tpm.key(at: Self.keyHandle)
  }

  func introduction() throws -> TPMIntroductionBody {
    let issuer = String(
      decoding: FileManager.default.contents(atPath: tpm.manufacturer.issuer) ?? Data(), as: UTF8.self)
    return TPMIntroductionBody(
      endorsementCertificate: Base64.encode(try tpm.endorsementCertificate(kind)),
      chain: [Base64.encode(PEM.parse(issuer)?.first?.bytes ?? [])],
      endorsementKey: Base64.encode(try tpm.endorsementKey(kind)), attestationKey: Base64.encode(attestationKey))
  }

  func answer(_ challenge: TPMChallengeItem, csr: String) throws -> TPMAnswerBody {
    let secret = try tpm.activate(
      kind, attestationKey: Self.attestationHandle, credential: Self.octets(challenge.credential),
      encryptedSecret: Self.octets(challenge.encryptedSecret))
    let certified = try tpm.certify(0x8102_0002, by: 0x8102_0001, nonce: Self.octets(challenge.nonce))
    return TPMAnswerBody(
      challenge: challenge.challenge, secret: Base64.encode(secret), key: Base64.encode(key),
      attest: Base64.encode(certified.attest), signature: Base64.encode(certified.signature), csr: csr)
  }

  static func octets(_ text: String) -> [UInt8] { Base64.decode(Array(text.utf8)) ?? [] }

  /// openssl's, signed by the key in the TPM.
  func request(_ serial: String) throws -> String {
    try tpm.request(Self.keyHandle, subject: "/serialNumber=\(serial)")
  }

  /// Its answer to a nonce: registers 0 to 7 as they are now.
  func evidence(_ nonce: AttestationNonceItem, version: String) throws -> EvidenceBody {
    let selection = "sha256:0,1,2,3,4,5,6,7"
    let quote = try tpm.quote(
      by: Self.attestationHandle, nonce: Hex.encode(Self.octets(nonce.nonce)), selection: selection)
    var registers: [String: String] = [:]
    for line in try tpm.run("pcrread", selection).split(separator: "\n") {
      let parts = line.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2, Int(parts[0]) != nil else { continue }
      registers[parts[0]] = String(parts[1].dropFirst(2)).lowercased()
    }
    return EvidenceBody(
      nonce: nonce.nonce, attest: Base64.encode(quote.attest), signature: Base64.encode(quote.signature),
      pcrs: ["sha256": registers], firmwareVersion: version)
  }
}

import Attestation
import Credentials
import Foundation
import TestKit
import WireFormats

/// What two real software TPMs made: `python3 -m Interop.record_evidence`.
struct RecordedEvidence: Sendable {
  let octets: [String: [UInt8]]
  var registers: PCRValues
  /// When it was recorded, or later: endorsement certificates of swtpm never expire, and its CA's last ten years.
  static let now = Instant("2026-11-22T12:00:00Z") ?? .present

  static let rsa = load("rsa")
  static let ecc = load("ecc")
  static let all = [rsa, ecc]

  subscript(name: String) -> [UInt8] { octets[name] ?? [] }

  func certificate(_ name: String) throws -> Certificate { try Certificate(parsing: self[name]) }

  /// The steps of believing it, each as the server takes it.
  func endorsementKey() throws -> EndorsementKey {
    try EndorsementKey.verify(
      certificate: certificate("ek_certificate"), intermediates: [certificate("issuer")], publicArea: self["ek_public"],
      anchors: [certificate("root")], at: Self.now)
  }

  func attestationKey() throws -> AttestationKey { try AttestationKey(publicArea: self["ak_public"]) }

  func requestKey() throws -> SubjectPublicKeyInfo { try TPMPublicArea(parsing: self["key_public"]).publicKey }

  func certifiedKey(_ requestKey: SubjectPublicKeyInfo) throws -> CertifiedKey {
    try CertifiedKey.verify(
      publicArea: self["key_public"], attest: self["certify_attest"], signature: self["certify_signature"],
      by: attestationKey(), nonce: self["certify_nonce"], requestKey: requestKey)
  }

  func quote() throws -> Quote {
    try Quote.verify(
      attest: self["quote_attest"], signature: self["quote_signature"], by: attestationKey(),
      nonce: self["quote_nonce"],
      values: registers, eventLog: self["event_log"], demanded: [0, 1, 4, 7])
  }

  func replacing(_ name: String, _ value: [UInt8]) -> RecordedEvidence {
    RecordedEvidence(octets: octets.merging([name: value]) { _, new in new }, registers: registers)
  }

  private static func load(_ name: String) -> RecordedEvidence {
    let path = Bundle.module.bundlePath + "/Fixtures/evidence.json"
    let value = (try? JSONParser.parse(Array(FileManager.default.contents(atPath: path) ?? Data())))?[name]
    var octets: [String: [UInt8]] = [:]
    var registers = PCRValues()
    for member in value?.members ?? [] {
      if let text = member.value.text { octets[member.key] = Base64.decode(Array(text.utf8)) }
      for bank in member.value.members ?? [] {
        guard let hash = TPMHashAlgorithm(name: bank.key) else { continue }
        for register in bank.value.members ?? [] {
          if let index = Int(register.key) { registers[hash, index] = register.value.text.flatMap { Hex.decode($0) } }
        }
      }
    }
    return RecordedEvidence(octets: octets, registers: registers)
  }
}

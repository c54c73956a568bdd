import Attestation
import Credentials
import Foundation
import TestKit
import Testing
import WireFormats

/// What only a TPM can answer: whether it takes a credential that was made here.
@Suite(.serialized) struct LiveTPMTests {
  private static let (attestationHandle, keyHandle) = ("0x81020001", "0x81020002")

  private static func anchors(_ tpm: SoftwareTPM) throws -> (root: Certificate, issuer: Certificate) {
    let read = { (path: String) throws -> Certificate in
      let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
      return try Certificate(parsing: PEM.parse(text)?.first?.bytes ?? [])
    }
    return (try read(tpm.manufacturer.root), try read(tpm.manufacturer.issuer))
  }

  private static func endorsementKey(_ tpm: SoftwareTPM, _ kind: SoftwareTPM.Kind) throws -> EndorsementKey {
    let anchors = try anchors(tpm)
    return try EndorsementKey.verify(
      certificate: Certificate(parsing: tpm.endorsementCertificate(kind)), intermediates: [anchors.issuer],
      publicArea: tpm.endorsementKey(kind), anchors: [anchors.root], at: .present)
  }

  @Test func residenceIsProved() async throws {
    try await offloading {
      let tpm = try SoftwareTPM()
      var random = SystemRandomNumberGenerator()
      let key = try TPMPublicArea(parsing: tpm.key(at: Self.keyHandle))
      for (index, kind) in [SoftwareTPM.Kind.rsa, .ecc].enumerated() {
        let handle = "0x8102001\(index)"
        let endorsement = try Self.endorsementKey(tpm, kind)
        let attestation = try AttestationKey(
          publicArea: tpm.attestationKey(index == 0 ? .ecc : .rsa, under: kind, at: handle))
        let (challenge, activation) = try ResidenceChallenge.make(
          endorsementKey: endorsement, attestationKey: attestation, random: &random)
        let secret = try tpm.activate(
          kind, attestationKey: handle, credential: activation.credential,
          encryptedSecret: activation.encryptedSecret)
        let certified = try tpm.certify(0x8102_0002, by: 0x8102_0010 + UInt32(index), nonce: challenge.nonce)
        let claims = try challenge.answer(
          secret: secret, certifiedArea: key.encoded, attest: certified.attest, signature: certified.signature,
          requestKey: key.publicKey)
        #expect(claims.endorsementKeyHash == endorsement.area.publicKey.keyHash)
        #expect(throws: AttestationFailure.wrongSecret) {
          try challenge.answer(
            secret: secret.reversed(), certifiedArea: key.encoded, attest: certified.attest,
            signature: certified.signature, requestKey: key.publicKey)
        }
        // A key that is not loaded beside the endorsement key: the TPM itself refuses the credential.
        let stranger = try AttestationKey(Forger().attestationArea())
        let (_, foreign) = try ResidenceChallenge.make(
          endorsementKey: endorsement, attestationKey: stranger, random: &random)
        #expect(throws: SoftwareTPM.Refused.self) {
          try tpm.activate(
            kind, attestationKey: handle, credential: foreign.credential, encryptedSecret: foreign.encryptedSecret)
        }
      }
    }
  }

  /// A real key that can be duplicated, certified by a real attestation key.
  @Test func keyThatMayLeaveIsRefused() async throws {
    try await offloading {
      let tpm = try SoftwareTPM()
      let area = try tpm.key(at: Self.keyHandle, attributes: "sensitivedataorigin|userwithauth|sign")
      let attestation = try AttestationKey(
        publicArea: tpm.attestationKey(.ecc, under: .rsa, at: Self.attestationHandle))
      let nonce: [UInt8] = Array(1...32)
      let certified = try tpm.certify(0x8102_0002, by: 0x8102_0001, nonce: nonce)
      #expect(throws: AttestationFailure.keyLacks(["fixedTPM", "fixedParent"])) {
        try CertifiedKey.verify(
          publicArea: area, attest: certified.attest, signature: certified.signature, by: attestation, nonce: nonce,
          requestKey: TPMPublicArea(parsing: area).publicKey)
      }
    }
  }
}

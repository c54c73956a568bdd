import Attestation
import DeviceAgent
import DeviceTPM
import TestKit
import Testing
import WireFormats

/// What the agent shows of its TPM, judged by the server's own verifier.
@Suite(.serialized) struct EvidenceTests {
  private static let nonce = [UInt8](repeating: 7, count: 32)

  @Test func theServersVerifierBelievesIt() async throws {
    try await offloading {
      let tpm = try SoftwareTPM()
      let boot = BootLog()
      try boot.measure(into: tpm)
      let home = TPMKeyHome(TPMPlace(configuration: tpm.configuration))
      let attester = try Self.attestationKey(home)
      let evidence = try Evidence.gather(
        home.tpm, by: attester, DeviceTPM.PCRSelection(0..<8), nonce: Self.nonce)
      var values = PCRValues()
      for (register, value) in evidence.values { values[.sha256, register] = value }
      let known = try AttestationKey(publicArea: attester.publicPart)
      func verify(nonce: [UInt8], demanded: Set<Int>) throws -> Quote {
        try Quote.verify(
          attest: evidence.statement.attest, signature: evidence.statement.signature.encoded, by: known, nonce: nonce,
          values: values, eventLog: boot.octets, demanded: demanded)
      }
      let quote = try verify(nonce: Self.nonce, demanded: Set(0..<8))
      #expect(quote.events.map { String(decoding: $0.data, as: UTF8.self) } == boot.events.map(\.data))
      #expect(throws: AttestationFailure.wrongNonce) { _ = try verify(nonce: [1], demanded: []) }
      #expect(throws: AttestationFailure.registerMissing(9)) { _ = try verify(nonce: Self.nonce, demanded: [9]) }
      values[.sha256, 4] = [UInt8](repeating: 0, count: 32)
      #expect(throws: AttestationFailure.otherValues) { _ = try verify(nonce: Self.nonce, demanded: []) }
    }
  }

  private static func attestationKey(_ home: TPMKeyHome) throws -> TPMKeyBlob {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let agent = AgentFolder(folder.path)
    let made = try AttestationKeyFile.key(of: home, in: agent)
    // Once: it is the one that the server knows.
    #expect(try AttestationKeyFile.key(of: home, in: agent) == made)
    return made
  }
}

import Attestation
import DeviceAgent
import DeviceTPM
import TestKit
import Testing
import WireFormats

/// What the agent shows of its TPM, judged by the server's own verifier.
@Suite(.serialized) struct EvidenceTests {
  private static let nonce = [UInt8](repeating: 7, count: 32)

  /// A small boot: what was measured into which register, and the log of it.
  private static let boot: [(register: Int, data: String)] = [(0, "firmware"), (4, "loader"), (4, "kernel")]

  private static func digest(_ data: String) -> [UInt8] { TPMHashAlgorithm.sha256.digest(Array(data.utf8)) }

  /// TCG PC Client Platform Firmware Profile §10.2, with one bank.
  private static var log: [UInt8] {
    func little(_ value: UInt32, _ octets: Int = 4) -> [UInt8] {
      (0..<octets).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    let head =
      Array("Spec ID Event03".utf8) + [0, 0, 0, 0, 0, 0, 2, 0, 2] + little(1) + little(0xB, 2) + little(32, 2) + [0]
    var log = little(0) + little(3) + [UInt8](repeating: 0, count: 20) + little(UInt32(head.count)) + head
    for (register, data) in boot {
      log += little(UInt32(register)) + little(0x8000_0007) + little(1) + little(0xB, 2) + digest(data)
      log += little(UInt32(data.utf8.count)) + Array(data.utf8)
    }
    return log
  }

  @Test func theServersVerifierBelievesIt() async throws {
    try await offloading {
      let tpm = try SoftwareTPM()
      for (register, data) in Self.boot {
        try tpm.run("pcrextend", "\(register):sha256=" + Hex.encode(Self.digest(data)))
      }
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
          values: values, eventLog: Self.log, demanded: demanded)
      }
      let quote = try verify(nonce: Self.nonce, demanded: Set(0..<8))
      #expect(quote.events.map { String(decoding: $0.data, as: UTF8.self) } == Self.boot.map(\.data))
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

import Credentials
import DeviceAgent
import DeviceClient
import Foundation
import TestKit
import Testing
import WireFormats

/// What is kept of keys that live elsewhere: read back, and damaged.
@Suite(.serialized) struct KeyFileTests {
  @Test func whatWasKeptIsFoundAgain() async throws {
    try await offloading {
      let tpm = try SoftwareTPM()
      var random = SystemRandomNumberGenerator()
      for handle in [nil, 0x8100_0020 as UInt32] {
        let home = TPMKeyHome(TPMPlace(configuration: tpm.configuration, handle: handle))
        let key = try home.makeKey(using: &random)
        let stored = try #require(PEM.parse(key.storedForm.text)?.first)
        let found = try #require(try home.key(from: stored))
        #expect(found.publicKey == key.publicKey && found.home == "tpm" && found.fault() == nil)
        let message = Array("what a device signs".utf8)
        #expect(
          key.publicKey.isValidSignature(
            try found.signature(over: message), over: message, algorithm: .ecdsaWithSHA256))
        // The handle's key is used again, and not made anew; blobs are made each time.
        #expect((try home.makeKey(using: &random).publicKey == key.publicKey) == (handle != nil))
        for bytes in Mutations(of: stored.bytes, count: 3_000) {
          _ = try? home.key(from: PEM(label: stored.label, bytes: bytes))
        }
        #expect(try home.key(from: PEM(label: "PRIVATE KEY", bytes: stored.bytes)) == nil)
      }
    }
  }

  /// A TPM that does not answer is away, and no reason to make another key.
  @Test func awayIsNotGone() async throws {
    try await offloading {
      var random = SystemRandomNumberGenerator()
      let stored: PEM
      do {
        let tpm = try SoftwareTPM()
        stored = try TPMKeyHome(TPMPlace(configuration: tpm.configuration)).makeKey(using: &random).storedForm
      }
      let key = try #require(try TPMKeyHome(TPMPlace(configuration: "device:/nonexistent")).key(from: stored))
      #expect(key.fault()?.isGone == false)
      let other = try SoftwareTPM()
      let moved = try #require(try TPMKeyHome(TPMPlace(configuration: other.configuration)).key(from: stored))
      #expect(moved.fault()?.isGone == true)
    }
  }

  @Test(arguments: [
    #"{"home": "tpm", "tcti": "device:/dev/tpmrm0", "handle": "0x40000001"}"#, #"{"home": "tpm"}"#,
    #"{"home": "pkcs11", "uri": "pkcs11:token=x"}"#, #"{"home": "cloud"}"#, #""tpm""#,
  ]) func aHomeThatIsNoneIsSaid(_ value: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write(
      "agent.json", #"{"server": "https://127.0.0.1", "serial": "X", "name": "X", "key": \#(value)}"#)
    let failure = #expect(throws: AgentFailure.self) { _ = try AgentFolder(folder.path).load() }
    #expect(failure?.reason.contains("agent.json is damaged") == true)
  }
}

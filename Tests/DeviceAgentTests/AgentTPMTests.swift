import Foundation
import TestKit
import Testing

/// The agent's program with its key in a TPM (swtpm), against the real server.
@Suite(.serialized) struct AgentTPMTests {
  private static func trust(_ tpm: SoftwareTPM, at server: RunningServer) async throws {
    // The device shows no chain, so the operator names the authority that issued.
    let trusted = try await server.touchmark([
      "trust", "add", "chips", "--purpose", "tpm", "--manufacturer", "Chips", "--certificate",
      tpm.manufacturer.issuer,
    ])
    #expect(trusted.exit == 0, "\(trusted.transcript)")
  }

  private static func openProfile(at server: RunningServer) async throws {
    let shown = try await server.touchmark(["profile", "export", "operational"])
    let text = shown.output.replacingOccurrences(of: "name: operational", with: "name: hardware") + "\nkey: hardware\n"
    try server.folder.write("hardware.yaml", text)
    #expect(try await server.touchmark(["profile", "apply", server.folder.path + "/hardware.yaml"]).exit == 0)
  }

  /// The key in `current/key.pem`, by openssl's provider for TPMs.
  private static func publicKey(of device: AgentDevice, _ tpm: SoftwareTPM) throws -> String {
    try tpm.openssl("pkey", "-in", device.data + "/current/key.pem", "-pubout")
  }

  @Test func aKeyInTheTPMIsAttestedAndGoesOn() async throws {
    try await RunningServer.with { server in
      try await Self.openProfile(at: server)
      let tpm = try await offloading { try SoftwareTPM() }
      let device = try await AgentDevice("GW-1", profile: "hardware", at: server)
      // Nobody believes this TPM yet, and the profile does not take a word for it.
      let early = try await device.enroll("--key", "tpm", "--tcti", tpm.configuration, exit: 1)
      #expect(early.errors.contains("the server does not take the TPM's proof") && early.errors.contains("status 4"))
      try await Self.trust(tpm, at: server)
      let began = ContinuousClock.now
      let enrolled = try await device.enroll("--key", "tpm", "--tcti", tpm.configuration)
      print("attested enrollment through the agent on swtpm: \(ContinuousClock.now - began)")
      #expect(enrolled.output.contains("in the TPM, as the TPM has shown"), "\(enrolled.transcript)")
      let first = try await device.status()
      #expect(first.state == "valid" && first.key?.home == "tpm" && first.key?.standing == "attested")
      let shown = try await server.touchmark(["device", "show", "GW-1"])
      #expect(shown.output.contains("key attested to live in hardware"), "\(shown.transcript)")

      // No private key lies in the folder, and openssl works with what does.
      let key = try await offloading { try Self.publicKey(of: device, tpm) }
      let certified = try await offloading {
        try tpm.openssl("x509", "-in", device.data + "/current/cert.pem", "-noout", "-pubkey")
      }
      #expect(key == certified && device.text("current/key.pem").hasPrefix("-----BEGIN TSS2 PRIVATE KEY-----"))

      // A renewal goes on with the key that was shown; the profile takes no other.
      try await device("renew", "--now")
      let second = try await device.status()
      #expect(second.serialNumber != first.serialNumber && second.key?.standing == "attested")
      #expect(try await offloading { try Self.publicKey(of: device, tpm) } == key)
      #expect(try await device.origins() == ["attested", "attested"])

      try await Self.clear(tpm, of: device, key)
    }
  }

  /// TPM2_Clear: the key is gone for good, and the agent says so, and what helps.
  private static func clear(_ tpm: SoftwareTPM, of device: AgentDevice, _ key: String) async throws {
    try await offloading { _ = try tpm.run("clear", "-c", "p") }
    let status = try await device.status(exit: 1)
    #expect(status.state == "without its key" && status.key?.fault?.contains("was cleared") == true)
    let told = try await device("renew", exit: 1)
    #expect(told.errors.contains("the key of GW-1 is gone") && told.errors.contains("touchmark device invite GW-1"))
    try await device.invite()
    try await device.enroll()
    let again = try await device.status()
    #expect(again.state == "valid" && again.key?.home == "tpm" && again.key?.standing == "attested")
    #expect(try await offloading { try publicKey(of: device, tpm) } != key)
    try await device("renew", "--now")
  }

  /// Under a handle and with an authorization value, at a server that knows no TPMs: taken, as what it says of itself.
  @Test func aKeyUnderAHandleIsClaimed() async throws {
    try await RunningServer.with { server in
      let tpm = try await offloading { try SoftwareTPM() }
      let device = try await AgentDevice("GW-2", at: server)
      try server.folder.write("value", "0123456789abcdef0123456789abcdef\n")
      let file = server.folder.path + "/value"
      let options = ["--tcti", tpm.configuration, "--tpm-handle", "0x81000010", "--tpm-authorization", "value"]
      chmod(file, 0o644)
      let open = try await device.enroll(
        "--key", "tpm", options[0], options[1], options[2], options[3], options[4], options[5], exit: 1)
      #expect(open.errors.contains("is open to everyone"), "\(open.transcript)")
      chmod(file, 0o600)
      let enrolled = try await device.enroll()
      #expect(enrolled.errors.contains("the server does not take the TPM's proof"), "\(enrolled.transcript)")
      let first = try await device.status()
      #expect(first.key?.home == "tpm" && first.key?.standing == "claimed")
      #expect(try await offloading { try tpm.run("getcap", "handles-persistent") }.contains("0x81000010"))
      try await device("renew", "--now")
      #expect(try await device.origins() == ["claimed", "claimed"])
      let shown = try await server.touchmark(["device", "show", "GW-2"])
      #expect(shown.output.contains("key said to live in hardware"), "\(shown.transcript)")
      // Another value: said before the server hears anything, and cured by the right one.
      try server.folder.write("value", "fedcba9876543210fedcba9876543210\n")
      chmod(file, 0o600)
      let wrong = try await device("renew", "--now", exit: 7)
      #expect(wrong.errors.contains("refuses the authorization value"), "\(wrong.transcript)")
      try server.folder.write("value", "0123456789abcdef0123456789abcdef\n")
      chmod(file, 0o600)
      try await device("renew")
      // Another home would not find it.
      let moved = try await device.enroll("--key", "file")
      #expect(moved.output.contains("in the TPM"))
      try await offloading { _ = try tpm.run("evictcontrol", "-C", "o", "-c", "0x81000010") }
      #expect(try await device.status(exit: 1).state == "without its key")
    }
  }

  @Test func usageIsChecked() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for options in [
      ["--key", "chip"], ["--tcti", "device:/dev/tpm0"], ["--key", "tpm", "--tpm-handle", "0x40000001"],
      ["--key", "pkcs11:token=x"],
    ] {
      let outcome = try await AgentDevice.program.run(
        [
          "enroll", "https://X@127.0.0.1:1#sha256:" + String(repeating: "0", count: 64), "--secret-file", "-", "--data",
          folder.path + "/x",
        ] + options, in: folder.path)
      #expect(outcome.exit == 2, "\(options): \(outcome.transcript)")
    }
  }
}

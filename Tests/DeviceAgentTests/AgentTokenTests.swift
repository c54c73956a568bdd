import Foundation
import TestKit
import Testing

/// The agent's program with its key on a token (SoftHSM), against the real server.
@Suite(.serialized) struct AgentTokenTests {
  @Test func aKeyOnATokenGoesOnAndIsSaidToBeThere() async throws {
    try await RunningServer.with { server in
      let token = try await SoftToken(label: "Device")
      let uri = token.uri.replacingOccurrences(of: "?", with: ";object=pump?")
      let device = try await AgentDevice("PUMP-1", environment: token.environment, at: server)
      chmod(token.pinFile, 0o600)
      // Killed after the key was made on the token and before it was kept: the next start finds that key.
      let killed = try await AgentDevice.program.run(
        ["enroll", device.url, "--secret-file", "secret-PUMP-1", "--data", device.data, "--key", uri],
        environment: token.environment.merging(["TOUCHMARK_AGENT_DIE_AT": "key-made"]) { $1 }, in: server.folder.path)
      #expect(killed.exit != 0)
      let enrolled = try await device.enroll("--key", uri)
      #expect(enrolled.output.contains("on a PKCS #11 token"), "\(enrolled.transcript)")
      let first = try await device.status()
      #expect(first.state == "valid" && first.key?.home == "pkcs11" && first.key?.standing == "claimed")
      try await device("renew", "--now")
      #expect(try await device.origins() == ["claimed", "claimed"])
      // One key, which cannot be read.
      let objects = try await token.objects()
      #expect(objects.components(separatedBy: "Private Key Object").count == 2, "\(objects)")
      #expect(objects.contains("sensitive, always sensitive, never extractable, local"), "\(objects)")
      #expect(!device.text("current/key.pem").contains("PRIVATE"))

      try await Self.faults(token, device)
    }
  }

  private static func faults(_ token: SoftToken, _ device: AgentDevice) async throws {
    try token.fault("removed", true)
    let away = try await device("renew", "--now", exit: 7)
    #expect(away.errors.contains("cannot be used now"), "\(away.transcript)")
    #expect(try await device.status().key?.fault != nil)
    try token.fault("removed", false)
    try await device("renew", "--now")
    // A wrong PIN is shown once.
    try token.folder.write(Array("000000\n".utf8), to: "pin")
    chmod(token.pinFile, 0o600)
    let before = token.logins
    let wrong = try await device("renew", "--now", exit: 7)
    #expect(wrong.errors.contains("refused the PIN"), "\(wrong.transcript)")
    #expect(token.logins == before + 1)
    try token.folder.write(Array((SoftToken.pin + "\n").utf8), to: "pin")
    chmod(token.pinFile, 0o600)
    try await device("renew", "--now")
    // Deleted: gone, and a new secret makes another.
    try await token.run(
      "pkcs11-tool",
      [
        "--module", token.module, "--token-label", token.label, "--login", "--pin", SoftToken.pin, "--delete-object",
        "--type", "privkey", "--label", "pump",
      ])
    let gone = try await device("renew", exit: 1)
    #expect(gone.errors.contains("the key of PUMP-1 is gone"), "\(gone.transcript)")
    try await device.invite()
    try await device.enroll()
    #expect(try await device.status().state == "valid")
  }
}

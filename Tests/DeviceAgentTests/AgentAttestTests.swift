import AdministrationAPI
import Foundation
import TestKit
import Testing

/// `attest` from end to end: swtpm, the agent's program, the real server and its judgment.
@Suite(.serialized) struct AgentAttestTests {
  private static let terms = """

    key: hardware
    attestation:
      pcrs: [0, 4, 7]
      every: 1h
      event-log: wanted
      on-failure: suspend

    """

  private static func prepare(_ server: RunningServer, _ tpm: SoftwareTPM) async throws {
    let shown = try await server.touchmark(["profile", "export", "operational"])
    let text = shown.output.replacingOccurrences(of: "name: operational", with: "name: hardware") + terms
    try server.folder.write("hardware.yaml", text)
    let applied = try await server.touchmark(["profile", "apply", server.folder.path + "/hardware.yaml"])
    #expect(applied.exit == 0, "\(applied.transcript)")
    let trusted = try await server.touchmark([
      "trust", "add", "chips", "--purpose", "tpm", "--manufacturer", "Chips", "--certificate",
      tpm.manufacturer.issuer,
    ])
    #expect(trusted.exit == 0, "\(trusted.transcript)")
  }

  private static func write(_ boot: BootLog, to name: String, of server: RunningServer) throws {
    try Data(boot.octets).write(to: URL(fileURLWithPath: server.folder.path + "/" + name))
  }

  @Test func aDeviceIsTrustedUntilItBootsSomethingElse() async throws {
    try await RunningServer.with { server in
      let tpm = try await offloading { try SoftwareTPM() }
      try await Self.prepare(server, tpm)
      var boot = BootLog()
      let measured = boot
      try await offloading { try measured.measure(into: tpm) }
      try Self.write(boot, to: "log", of: server)
      let device = try await AgentDevice("GW-1", profile: "hardware", at: server)
      let nobody = try await device("attest", exit: 5)
      #expect(nobody.errors.contains("no device is enrolled"))
      try await device.enroll("--key", "tpm", "--tcti", tpm.configuration)

      // The server knows nothing of this firmware yet.
      let unknown = try await device("attest", "--event-log", "log", "--firmware-version", "1.0", exit: 9)
      #expect(unknown.output.hasPrefix("GW-1 is taken with a warning\n"), "\(unknown.transcript)")
      let learned = try await server.touchmark(["baseline", "learn", "GW-1"])
      #expect(learned.exit == 0, "\(learned.transcript)")
      let trusted = try await device(
        "attest", "--event-log", "log", "--firmware-version", "1.0", "--token", "result.jwt")
      #expect(trusted.output.hasPrefix("GW-1 is trusted\n"), "\(trusted.transcript)")
      #expect(server.folder.text("result.jwt")?.split(separator: ".").count == 3)

      // A log that tells another story than the registers fails the device, which the policy suspends.
      var story = boot
      story.events[1].data = "another loader"
      try Self.write(story, to: "story", of: server)
      let lied = try await device("attest", "--event-log", "story", "--firmware-version", "1.0", exit: 10)
      #expect(lied.output.hasPrefix("GW-1 is not trusted, and suspended by this evidence\n"), "\(lied.transcript)")
      let shown: DeviceDetail = try await server.json(["device", "show", "GW-1"])
      #expect(shown.device.state == "suspended")
      let shut = try await device("attest", "--event-log", "log", exit: 1)
      #expect(shut.errors.contains("status 403"), "\(shut.transcript)")
      let resumed = try await server.touchmark(["device", "resume", "GW-1", "--reason", "the log was mended"])
      #expect(resumed.exit == 0, "\(resumed.transcript)")

      boot.events.append((4, "something else"))
      let changed = boot
      try await offloading { try changed.measure(into: tpm, after: measured.events.count) }
      try Self.write(boot, to: "log", of: server)
      let failed = try await device("attest", "--event-log", "log", "--firmware-version", "1.0", exit: 10)
      // Whether it is suspended again is the policy's: it stops at a share of the fleet.
      #expect(failed.output.hasPrefix("GW-1 is not trusted"), "\(failed.transcript)")
    }
  }

  /// A device whose key is in a file has nothing to show, and says how it would.
  @Test func withoutATPMThereIsNothingToShow() async throws {
    try await RunningServer.with { server in
      let device = try await AgentDevice("GW-2", at: server)
      try await device.enroll("--key", "file")
      let told = try await device("attest", exit: 5)
      #expect(told.errors.contains("was never shown this device's TPM"), "\(told.transcript)")
      try await device("attest", "--firmware-version", "§", exit: 2)
    }
  }
}

import AdministrationAPI
import Foundation
import TestKit
import Testing
import WireFormats

/// A device's whole life through the real program: registered, enrolled by the pasted line, suspended, resumed,
/// replaced.
@Suite(.serialized) struct DeviceLifeTests {
  struct Invited: Decodable {
    let serial: String
    let profile: String
    let secret: String
    let expires: String
    let url: String
    let rootSHA256: String

    enum CodingKeys: String, CodingKey {
      case serial, profile, secret, expires, url
      case rootSHA256 = "root_sha256"
    }
  }

  @Test func aDeviceLivesAndItsHistoryTellsIt() async throws {
    try await RunningServer.with { server in
      let added = try await server.touchmark([
        "device", "add", "PUMP-7", "--profile", "operational", "--label", "site=Graz",
      ])
      #expect(added.exit == 0)
      #expect(added.output.hasPrefix("PUMP-7 is registered\n  profile       operational\n  secret        "))

      try await pasteLine(of: added.output, server)
      let shown: DeviceDetail = try await server.json(["device", "show", "PUMP-7"])
      #expect(shown.device.state == "active")
      #expect(shown.certificates.count == 1)

      // The line leaves the device with what it needs, and the certificate is the one on record.
      let pem = try #require(server.folder.text("identity-PUMP-7/cert.pem"))
      let block = try #require(PEM.parse(pem)?.first)
      #expect(PEM.parse(shown.certificates[0].pem)?.first == block)

      let suspended = try await server.touchmark(["device", "suspend", "PUMP-7", "--reason", "stolen"])
      #expect(suspended.transcript == "PUMP-7 is suspended\n[0]\n")
      let held: DeviceDetail = try await server.json(["device", "show", "PUMP-7"])
      #expect(held.certificates.map(\.status) == ["held"])
      let resumed = try await server.touchmark(["device", "resume", "PUMP-7", "--reason", "found"])
      #expect(resumed.transcript == "PUMP-7 is active\n[0]\n")

      let replaced: Invited = try await server.json(["device", "replace", "PUMP-7", "--with", "PUMP-8"])
      #expect(replaced.serial == "PUMP-8" && replaced.profile == "operational" && replaced.url == server.https)
      #expect(replaced.secret.count == 43 && replaced.rootSHA256.count == 64 && replaced.expires.hasSuffix("Z"))
      let story = try await server.touchmark(["device", "show", "PUMP-7"]).output
      for line in [
        "PUMP-7: retired device", "registered by", "enrolled over EST", ": stolen", ": found", "replaced with PUMP-8",
      ] {
        #expect(story.contains(line), "\(line) is missing in\n\(story)")
      }
    }
  }

  private func pasteLine(of output: String, _ server: RunningServer) async throws {
    let line = try #require(output.split(separator: "\n").last.map(String.init))
    #expect(line.hasPrefix("(umask 077;"))
    let pasted = try await Program(path: "/bin/sh").run(["-c", line], in: server.folder.path)
    #expect(pasted.exit == 0, "\(pasted.transcript)")
    #expect(pasted.output.contains("PUMP-7"))
    // The same secret again, from another folder and so with another key, is refused.
    let elsewhere = try TemporaryFolder()
    defer { elsewhere.remove() }
    let again = try await Program(path: "/bin/sh").run(["-c", line], in: elsewhere.path)
    #expect(again.exit != 0)
  }

  @Test func whatIsWrongHasItsExitCode() async throws {
    try await RunningServer.with { server in
      #expect(try await server.touchmark(["device", "show", "NOBODY"]).exit == 5)
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "nonesuch"]).exit != 0)
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 0)
      #expect(try await server.touchmark(["device", "add", "A-1", "--profile", "operational"]).exit == 6)

      let empty = try await server.touchmark(["grant", "list"])
      #expect(empty.transcript == "touchmark: nothing to list\n[0]\n")

      await server.stop()
      let silent = try await server.touchmark(["device", "list"])
      #expect(
        silent.transcript == """
          touchmark: no server runs on \(server.data)
          hint: start it: touchmark serve --data \(server.data)
          [3]

          """)
    }
  }

  @Test func aKilledServerLeavesAnAddressWhereNobodyAnswers() async throws {
    try await RunningServer.with { server in
      await server.kill()
      let silent = try await server.touchmark(["device", "list"])
      #expect(
        silent.transcript == """
          touchmark: no server answers at \(server.https)
          hint: start it: touchmark serve --data \(server.data)
          [3]

          """)
    }
  }
}

import Credentials
import DeviceClient
import TestKit
import Testing
import WireFormats

/// Devices whose clock starts in 1970.
@Suite struct DeviceClockTests {
  private static let never = Instant(seconds: 300)

  @Test func itEnrollsAndRenewsAtEachStart() throws {
    var scene = try ClientScene(at: Self.never)
    try scene.enroll()
    #expect(scene.transcript.last == "kept -> rest renewed")
    scene.tell(.wake, "again")
    #expect(scene.transcript.last == "again -> rest notDue")
    scene.restart(at: Self.never)
    #expect(scene.transcript.last == "start -> send cacerts with nothing")
  }

  @Test func itTrustsTheServerBySignatureNameAndPurpose() throws {
    let scene = try ClientScene()
    let memory = scene.client.memory
    let server = try Self.server(scene.authority)
    #expect(memory.trusts(server: [server], called: .dnsName("localhost"), at: Self.never))
    #expect(!memory.trusts(server: [server], called: .dnsName("elsewhere"), at: Self.never))
    let stranger = try Self.server(try SmallAuthority(at: ClientScene.start))
    #expect(!memory.trusts(server: [stranger], called: .dnsName("localhost"), at: Self.never))
  }

  /// With a clock that can be right, dates count.
  @Test func aClockThatWorksIsUsed() throws {
    let scene = try ClientScene()
    let server = try Self.server(scene.authority)
    let host = GeneralName.dnsName("localhost")
    #expect(scene.client.memory.trusts(server: [server], called: host, at: ClientScene.start + .days(6)))
    #expect(!scene.client.memory.trusts(server: [server], called: host, at: ClientScene.start + .days(8)))
  }

  /// RFC 7030 §3.6.1: a device of the fleet cannot play the server.
  @Test func aServerShowsWhatNoDeviceHas() throws {
    let scene = try ClientScene()
    let device = try Self.server(scene.authority, purposes: [ExtendedKeyUsage.serverAuth])
    #expect(!scene.client.memory.trusts(server: [device], called: .dnsName("localhost"), at: ClientScene.start))
    #expect(!scene.client.memory.trusts(server: [], called: .dnsName("localhost"), at: ClientScene.start))
  }

  private static func server(
    _ authority: SmallAuthority, purposes: [ObjectIdentifier] = [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.cmcRA]
  ) throws -> Certificate {
    try authority.issue(
      "touchmark", names: [.dnsName("localhost")],
      extensions: [.keyUsage(.digitalSignature), .extendedKeyUsage(purposes)], at: ClientScene.start)
  }
}

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

  /// A server that is trusted says the time: a device that starts often does not renew each time.
  @Test func aTrustedServersDateSavesARenewal() throws {
    var scene = try ClientScene(at: Self.never)
    try scene.enroll()
    let old = scene.client.memory.identity?.certificate
    scene.restart(at: Self.never)
    scene.answer(200, [scene.authority.certificate], date: ClientScene.start + .days(1))
    #expect(scene.transcript.last == "200 -> rest notDue")
    scene.restart(at: Self.never)
    scene.answer(200, [scene.authority.certificate], date: ClientScene.start + .days(119))
    #expect(scene.transcript.last == "200 -> keep")
    #expect(scene.client.memory.identity?.certificate == old)
  }

  /// It is evidence where there is none other, and never against what the device holds itself.
  @Test func aDateInThePastIsNotBelieved() throws {
    var scene = try ClientScene(at: Self.never)
    try scene.enroll()
    scene.restart(at: Self.never)
    scene.answer(200, [scene.authority.certificate], date: ClientScene.start - .days(365))
    #expect(scene.transcript.last == "200 -> keep")
  }

  @Test func aClockThatCanBeRightIsNotCorrected() throws {
    var scene = try ClientScene()
    try scene.enroll()
    scene.restart(at: ClientScene.start + .days(119))
    scene.answer(200, [scene.authority.certificate], date: ClientScene.start + .days(1))
    #expect(scene.transcript.last == "200 -> keep")
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

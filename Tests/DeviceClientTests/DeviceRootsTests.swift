import Credentials
import DeviceClient
import KeyCustody
import TestKit
import Testing
import WireFormats

/// TRUST.md: a new root is taken only with NewWithOld under a root that is held.
@Suite struct DeviceRootsTests {
  @Test func aRootWithoutARoadIsNotTaken() throws {
    var scene = try ClientScene()
    let fresh = try SmallAuthority(name: "Root R2", at: ClientScene.start)
    scene.tell(.wake, "start")
    scene.answer(200, [scene.authority.certificate, fresh.certificate])
    #expect(scene.client.memory.roots == [scene.authority.certificate])
    #expect(scene.transcript.last == "200 -> keep")
    scene.tell(.kept, "kept")
    #expect(scene.transcript.last == "kept -> send simpleenroll with secret")
  }

  @Test func aRootIsTakenWithNewWithOld() throws {
    var scene = try ClientScene()
    let fresh = try SmallAuthority(name: "Root R2", at: ClientScene.start)
    let road = try Self.road(to: fresh, from: scene.authority)
    scene.tell(.wake, "start")
    scene.answer(200, [road, fresh.certificate, scene.authority.certificate])
    #expect(scene.client.memory.roots == [scene.authority.certificate, fresh.certificate])
    // The roots are kept before anything is asked for under them.
    scene.tell(.kept, "kept")
    scene.tell(.kept, "kept")
    #expect(
      scene.transcript == [
        "start -> send cacerts with nothing", "200 -> keep", "kept -> keep", "kept -> send simpleenroll with secret",
      ])
  }

  @Test func oneAnswerLeadsOverSeveralSuccessions() throws {
    var scene = try ClientScene()
    let second = try SmallAuthority(name: "Root R2", at: ClientScene.start)
    let third = try SmallAuthority(name: "Root R3", at: ClientScene.start)
    let roads = [try Self.road(to: third, from: second), try Self.road(to: second, from: scene.authority)]
    scene.tell(.wake, "start")
    scene.answer(200, [third.certificate, second.certificate] + roads)
    #expect(scene.client.memory.roots == [scene.authority.certificate, second.certificate, third.certificate])
  }

  @Test(arguments: ["another root's key", "signed by a stranger", "no authority", "ended"])
  func aRoadThatDoesNotHoldIsNotTaken(_ fault: String) throws {
    var scene = try ClientScene()
    let fresh = try SmallAuthority(name: "Root R2", at: ClientScene.start)
    let namesake = try SmallAuthority(name: "Root R2", at: ClientScene.start)
    let stranger = try SmallAuthority(at: ClientScene.start)
    let road =
      switch fault {
      case "another root's key": try Self.road(to: namesake, from: scene.authority)
      case "signed by a stranger": try Self.road(to: fresh, from: stranger)
      case "no authority": try scene.authority.issue("Root R2", key: fresh.key.publicKey, at: ClientScene.start)
      default: try Self.road(to: fresh, from: scene.authority, at: ClientScene.start - .days(30))
      }
    scene.tell(.wake, "start")
    scene.answer(200, [road, fresh.certificate])
    #expect(scene.client.memory.roots == [scene.authority.certificate])
  }

  private static func road(
    to new: SmallAuthority, from old: SmallAuthority, at now: Instant = ClientScene.start
  ) throws -> Certificate {
    try old.issue(
      new.certificate.subject.values(of: AttributeType.commonName)[0], key: new.key.publicKey,
      extensions: [.basicConstraints(isAuthority: true), .keyUsage([.keyCertSign, .cRLSign])], at: now)
  }
}

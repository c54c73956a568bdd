import Credentials
import DeviceClient
import TestKit
import Testing
import WireFormats

@Suite struct DeviceClientTests {
  @Test func firstEnrollment() throws {
    var scene = try ClientScene()
    try scene.enroll()
    #expect(
      scene.transcript == [
        "start -> send cacerts with nothing", "200 -> keep", "kept -> send simpleenroll with secret", "200 -> keep",
        "kept -> rest renewed",
      ])
    #expect(scene.client.memory.secret == nil)
    #expect(scene.client.memory.pendingKey == nil)
  }

  @Test func aLostAnswerIsAskedForAgainWithTheSameKey() throws {
    var scene = try ClientScene()
    scene.tell(.wake, "start")
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.kept, "kept")
    let first = try #require(scene.lastMessage)
    scene.tell(.unanswered, "nothing")
    scene.restart()
    scene.answer(200, [scene.authority.certificate])
    #expect(
      scene.transcript.suffix(3) == [
        "nothing -> rest unanswered", "start -> send cacerts with nothing", "200 -> send simpleenroll with secret",
      ])
    #expect(try key(first) == key(try #require(scene.lastMessage)))
  }

  /// RFC 7030 §4.2.2, and nothing thrown away before there is something better.
  @Test func theOldCertificateStaysUntilTheNewOneIsKept() throws {
    var scene = try ClientScene()
    try scene.enroll()
    let old = try #require(scene.client.memory.identity?.certificate)
    scene.restart(at: ClientScene.start + .days(115))
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.kept, "kept")
    #expect(scene.client.memory.identity?.certificate == old)
    #expect(scene.lastMessage?.operation == .simplereenroll)
    #expect(scene.lastMessage?.showsCertificate == true)
    scene.answer(403)
    #expect(scene.client.memory.identity?.certificate == old)
    #expect(scene.transcript.last == "403 -> rest refused(status: 403)")
  }

  @Test func itRenewsAtARandomPointOfTheWindow() throws {
    let points = try (0..<20).map { seed in
      var scene = try ClientScene()
      scene.random = SeededRandom(seed: UInt64(seed))
      try scene.enroll()
      let certificate = try #require(scene.client.memory.identity?.certificate)
      let left = certificate.notAfter - (try #require(scene.client.memory.renewAt))
      // Of 120 days and an hour: between a third and a twelfth is left.
      #expect(left >= .days(10) && left <= .days(41))
      return left
    }
    #expect(Set(points).count == 20)
  }

  @Test(arguments: [0, 30, 70]) func itRestsBeforeTheWindow(days: Int64) throws {
    var scene = try ClientScene()
    try scene.enroll()
    scene.restart(at: ClientScene.start + .days(days))
    #expect(scene.transcript.last == "start -> rest notDue")
  }

  @Test(arguments: [202, 429, 500, 503]) func itWaitsWhenTheServerIsBusy(status: Int) throws {
    var scene = try ClientScene()
    scene.tell(.wake, "start")
    scene.answer(status, retryAfter: 5)
    #expect(scene.transcript.last == "\(status) -> rest busy(status: \(status))")
  }

  @Test func pausesGrowAndEnd() throws {
    var scene = try ClientScene()
    var pauses: [Int64] = []
    for _ in 0..<12 {
      _ = scene.client.handle(.wake, at: scene.clock, using: &scene.random)
      guard case .rest(let until, .unanswered) = scene.client.handle(.unanswered, at: scene.clock, using: &scene.random)
      else {
        Issue.record("it did not rest")
        return
      }
      pauses.append((until - scene.clock).seconds)
    }
    #expect(pauses[0] >= 60 && pauses[0] <= 90)
    #expect(pauses.allSatisfy { $0 <= 3840 * 3 / 2 })
    #expect(pauses[11] >= 3840)
  }

  @Test func aKeyThatIsRefusedForAWeekIsReplaced() throws {
    var scene = try ClientScene()
    var keys: Set<[UInt8]> = []
    for _ in 0..<8 {
      scene.tell(.wake, "start")
      scene.answer(200, [scene.authority.certificate])
      if scene.transcript.last == "200 -> keep" { scene.tell(.kept, "kept") }
      keys.insert(try key(try #require(scene.lastMessage)))
      scene.answer(403)
    }
    #expect(keys.count == 2)
  }

  @Test func whatIsNotItsOwnIsNotStored() throws {
    let other = try SmallAuthority(name: "Other", at: ClientScene.start)
    var scene = try ClientScene()
    scene.tell(.wake, "start")
    scene.answer(200, [scene.authority.certificate])
    scene.tell(.kept, "kept")
    scene.answer(200, [try scene.authority.issue("SN-1", at: ClientScene.start)])
    #expect(scene.transcript.last == "200 -> rest unanswered")
    scene.restart()
    scene.answer(200, [scene.authority.certificate])
    let request = try CertificationRequest(parsing: try #require(Base64.decode(scene.lastMessage?.body ?? [])))
    scene.answer(200, [try other.issue("SN-1", key: request.publicKey, at: ClientScene.start)])
    #expect(scene.transcript.last == "200 -> rest unanswered")
    scene.restart()
    scene.answer(200, [scene.authority.certificate])
    scene.answer(200, [try scene.issued(serial: "SN-2")])
    #expect(scene.transcript.last == "200 -> rest unanswered")
    #expect(scene.client.memory.identity == nil)
  }

  @Test func withoutSecretAndCertificateItAsksNobody() throws {
    var scene = try ClientScene(secret: nil)
    scene.tell(.wake, "start")
    #expect(scene.transcript == ["start -> rest nothingToShow"])
  }

  private func key(_ message: ESTMessage) throws -> [UInt8] {
    try CertificationRequest(parsing: try #require(Base64.decode(message.body))).publicKey.keyHash
  }
}

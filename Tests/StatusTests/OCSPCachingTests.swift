import Credentials
import KeyCustody
import Registry
import Status
import TestKit
import Testing
import WireFormats

@Suite(.timeLimit(.minutes(2))) struct OCSPCachingTests {
  @Test func signedOnceAndKept() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let first = try await responder.answer(fixture.request())
    let second = try await responder.answer(fixture.request())
    #expect(first.bytes == second.bytes, "ECDSA is not deterministic here: equal octets are one signature")
    #expect(fixture.source.asked == 1)
  }

  @Test func kindsOfCertIDDoNotMix() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let one = try await responder.answer(fixture.request())
    let two = await responder.answer(OCSPRequest.encode([try fixture.certID(fixture.leaf.serial, hash: .sha256)]))
    #expect(one.bytes != two.bytes)
    #expect(try await responder.answer(fixture.request()).bytes == one.bytes)
  }

  // RFC 5019 §6.2.
  @Test func cachingValues() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let answer = try await responder.answer(fixture.request())
    let single = try #require(try answer.basic().responses.first)
    guard case .shared(let maxAge, let lastModified, let expires, let entityTag) = answer.caching else {
      Issue.record("not cacheable")
      return
    }
    #expect(maxAge == 300)
    #expect(lastModified == single.thisUpdate)
    #expect(expires == single.nextUpdate)
    #expect(entityTag.hasPrefix("\"") && entityTag.hasSuffix("\"") && entityTag.count == 34)
  }

  @Test func lifetimeIsTheProfiles() async throws {
    let fixture = try StandingFixture()
    fixture.source.set(
      CertificateStanding(state: .good, answerLifetime: .minutes(4)), fixture.leaf.serial, fixture.id)
    let responder = try await fixture.responder()
    let answer = try await responder.answer(fixture.request())
    let single = try #require(try answer.basic().responses.first)
    #expect(single.nextUpdate == single.thisUpdate + .minutes(4))
    guard case .shared(let maxAge, _, _, _) = answer.caching else {
      Issue.record("not cacheable")
      return
    }
    // RFC 5019 §6.2: max-age ends before nextUpdate.
    #expect(maxAge < 240 && maxAge > 230)
  }

  @Test func renewedInTheSecondHalf() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let first = try await responder.answer(fixture.request())
    fixture.clock.advance(.minutes(29))
    #expect(try await responder.answer(fixture.request()).bytes == first.bytes)
    fixture.clock.advance(.minutes(2))
    let second = try await responder.answer(fixture.request())
    #expect(second.bytes != first.bytes)
    #expect(try second.basic().producedAt == fixture.clock.now().wholeSecond)
  }

  @Test func neverValidLongerThanItsResponder() async throws {
    let fixture = try StandingFixture()
    let credential = try fixture.credential(lifetime: .minutes(20))
    let responder = try await fixture.responder(
      credentials: FixedCredentials(credentials: [fixture.id: credential]))
    let single = try #require(try await responder.answer(fixture.request()).basic().responses.first)
    #expect(single.nextUpdate == credential.certificate.notAfter)
  }

  @Test func changeEndsWhatIsKept() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let second = try fixture.authority.issue("second").serial
    fixture.source.set(CertificateStanding(state: .good), second, fixture.id)
    let untouched = try await responder.answer(fixture.request([second]))
    #expect(try await responder.answer(fixture.request()).basic().responses.first?.status == .good)
    let at = fixture.clock.now().wholeSecond
    fixture.source.set(CertificateStanding(state: .revoked(at: at, reason: nil)), fixture.leaf.serial, fixture.id)
    responder.forget(fixture.leaf.serial, under: fixture.id)
    let basic = try await responder.answer(fixture.request()).basic()
    #expect(basic.responses.first?.status == .revoked(at: at, reason: nil))
    #expect(try await responder.answer(fixture.request([second])).bytes == untouched.bytes)
  }

  @Test func followerTellsOfChanges() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let publisher = CRLPublisher(authorities: [], lists: MemoryLists(), clock: fixture.clock.now)
    let follower = StandingFollower(source: fixture.source, responder: responder, publisher: publisher)
    try await follower.poll()
    #expect(try await responder.answer(fixture.request()).basic().responses.first?.status == .good)
    let at = fixture.clock.now().wholeSecond
    fixture.source.set(CertificateStanding(state: .held(since: at)), fixture.leaf.serial, fixture.id)
    #expect(try await responder.answer(fixture.request()).basic().responses.first?.status == .good, "not yet told")
    try await follower.poll()
    let held = try await responder.answer(fixture.request()).basic()
    #expect(held.responses.first?.status == .revoked(at: at, reason: .certificateHold))
    fixture.source.set(CertificateStanding(state: .good), fixture.leaf.serial, fixture.id)
    try await follower.poll()
    #expect(try await responder.answer(fixture.request()).basic().responses.first?.status == .good)
  }

  /// An act on many comes in parts: answers follow each of them, and one list is made for all.
  @Test func oneListForAnActOnMany() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let lists = MemoryLists()
    let authority = fixture.authority
    let publisher = CRLPublisher(
      authorities: [CRLAuthority(id: fixture.id, certificate: authority.certificate, signer: authority.key)],
      lists: lists, clock: fixture.clock.now)
    let follower = StandingFollower(source: fixture.source, responder: responder, publisher: publisher)
    try await follower.poll()
    await publisher.publishWhereDue()
    let before = lists.state.withLock { $0.stored.count }
    var random = SystemRandomNumberGenerator()
    for part in 0..<4 {
      let at = fixture.clock.now().wholeSecond
      for _ in 0..<250 {
        let serial = SerialNumber(at: at, random: &random)
        fixture.source.set(CertificateStanding(state: .revoked(at: at, reason: nil)), serial, fixture.id)
      }
      if part == 0 {
        fixture.source.set(
          CertificateStanding(state: .revoked(at: at, reason: nil)), fixture.leaf.serial, fixture.id)
      }
      try await follower.poll()
      await publisher.publishWhereDue()
      #expect(try await responder.answer(fixture.request()).basic().responses.first?.status != .good)
      #expect(lists.state.withLock { $0.stored.count } == before, "part \(part)")
    }
    // The first poll that sees nothing new is its end.
    try await follower.poll()
    await publisher.publishWhereDue()
    try await follower.poll()
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored.count } == before + 1)
  }

  /// Nobody followed the changes for longer than `cacheTrust`: the store is asked each time, and what is kept serves
  /// only while it says the same.
  @Test func withoutAFollowerTheStoreDecides() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder(OCSPPolicy(cacheTrust: .zero))
    let first = try await responder.answer(fixture.request())
    #expect(try await responder.answer(fixture.request()).bytes == first.bytes)
    #expect(fixture.source.asked == 2)
    let at = fixture.clock.now().wholeSecond
    fixture.source.set(CertificateStanding(state: .revoked(at: at, reason: nil)), fixture.leaf.serial, fixture.id)
    let basic = try await responder.answer(fixture.request()).basic()
    #expect(basic.responses.first?.status == .revoked(at: at, reason: nil))
    fixture.source.fail(.unavailable(reason: "disk"))
    #expect(try await responder.answer(fixture.request()).ocsp().status == .tryLater)
  }

  @Test func smallCacheStillAnswers() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder(OCSPPolicy(cacheCapacity: 2, cacheTrust: .seconds(3600)))
    for index in 0..<10 {
      let serial = try fixture.authority.issue("device \(index)").serial
      fixture.source.set(CertificateStanding(state: .good), serial, fixture.id)
      #expect(try await responder.answer(fixture.request([serial])).basic().responses.first?.status == .good)
    }
    #expect(try await responder.answer(fixture.request()).basic().responses.first?.status == .good)
  }

  /// A standing that was read before a change must not be kept after it.
  @Test func slowSignatureIsNotKept() async throws {
    let fixture = try StandingFixture()
    let signer = HeldSigner(fixture.responderKey)
    let responder = try await fixture.responder(signer: signer)
    let request = try fixture.request()
    async let slow = responder.answer(request)
    while signer.waiting == 0 { await Task.yield() }
    let at = fixture.clock.now().wholeSecond
    fixture.source.set(CertificateStanding(state: .revoked(at: at, reason: nil)), fixture.leaf.serial, fixture.id)
    responder.forget(fixture.leaf.serial, under: fixture.id)
    signer.open()
    _ = await slow
    let basic = try await responder.answer(request).basic()
    #expect(basic.responses.first?.status == .revoked(at: at, reason: nil))
  }
}

import Credentials
import KeyCustody
import Registry
import Status
import TestKit
import Testing
import WireFormats

@Suite struct CRLPublisherTests {
  let clock = ManualClock()
  let authority: SmallAuthority
  let id: AuthorityID
  let lists = MemoryLists()
  let publisher: CRLPublisher

  init() throws {
    authority = try SmallAuthority()
    id = try StandingFixture.identifier("operational-1")
    publisher = CRLPublisher(
      authorities: [CRLAuthority(id: id, certificate: authority.certificate, signer: authority.key)], lists: lists,
      clock: clock.now)
  }

  func parsed(_ list: RevocationList) throws -> CertificateRevocationList {
    try CertificateRevocationList(parsing: list.encoded)
  }

  @Test func signsWhatTheStoreSays() async throws {
    let serial = try authority.issue("leaf").serial
    let at = clock.now().wholeSecond
    lists.state.withLock { $0.revoked = [RevokedCertificate(serial: serial, revokedAt: at, reason: .certificateHold)] }
    let list = try await publisher.publish(id)
    let parsed = try parsed(list)
    #expect(parsed.entries == [CRLEntry(serial: serial, revokedAt: at, reason: .certificateHold)])
    #expect(parsed.number == list.number)
    #expect(parsed.issuer == authority.certificate.subject.encoded)
    #expect(parsed.authorityKeyIdentifier == authority.certificate.subjectKeyIdentifier)
    #expect(parsed.thisUpdate == list.thisUpdate && parsed.nextUpdate == list.nextUpdate)
    #expect(list.nextUpdate == list.thisUpdate + .days(1))
    #expect(parsed.isSigned(by: authority.key.publicKey))
    #expect(try await publisher.current(id) == list)
  }

  @Test func numbersGrowUnderConcurrency() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 { group.addTask { _ = try await publisher.publish(id) } }
      try await group.waitForAll()
    }
    let stored = lists.state.withLock { $0.stored }
    #expect(stored == stored.sorted() && Set(stored).count == stored.count)
    #expect(stored.count < 40, "those who wait share one list")
    #expect(stored.count >= 2, "the one under way when they asked may be too old")
  }

  @Test func notSeenBeforeItIsStored() async throws {
    let first = try await publisher.publish(id)
    lists.state.withLock { $0.storing = .unavailable(reason: "disk") }
    await #expect(throws: StoreError.unavailable(reason: "disk")) { try await publisher.publish(id) }
    #expect(try await publisher.current(id) == first)
    lists.state.withLock { $0.storing = nil }
    let third = try await publisher.publish(id)
    #expect(third.number > first.number + 1, "the number that was taken is not used again")
  }

  @Test func publishedAtStartAndOnSchedule() async throws {
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored } == [1])
    clock.advance(.hours(5))
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored } == [1])
    clock.advance(.hours(1))
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored } == [1, 2])
  }

  @Test func publishedWhenAskedFor() async throws {
    await publisher.publishWhereDue()
    await publisher.request([id])
    await publisher.publishWhereDue()
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored } == [1, 2])
  }

  @Test func triedAgainAfterAFailure() async throws {
    lists.state.withLock { $0.storing = .busy }
    await publisher.publishWhereDue()
    lists.state.withLock { $0.storing = nil }
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored }.isEmpty, "it pauses")
    clock.advance(.seconds(11))
    await publisher.publishWhereDue()
    #expect(lists.state.withLock { $0.stored }.count == 1)
  }

  @Test func rootIsMadeElsewhere() async throws {
    let root = try StandingFixture.identifier("root-1")
    await #expect(throws: CRLPublisherError.keyIsAway(root)) { try await publisher.publish(root) }
    // Its list, made ahead, is served all the same.
    let made = try await CRLAuthority(id: root, certificate: authority.certificate, signer: authority.key)
      .revocationList(number: 1, thisUpdate: clock.now(), nextUpdate: clock.now() + .days(365), revoked: [])
    try await lists.store(made)
    #expect(try await publisher.current(root) == made)
  }

  @Test func anotherProcessesListIsSeen() async throws {
    let mine = try await publisher.publish(id)
    let another = CRLPublisher(
      authorities: [CRLAuthority(id: id, certificate: authority.certificate, signer: authority.key)], lists: lists,
      clock: clock.now)
    let theirs = try await another.publish(id)
    #expect(theirs.number > mine.number)
    clock.advance(.seconds(2))
    #expect(try await publisher.current(id) == theirs)
  }

  @Test func aConflictTakesTheNextNumber() async throws {
    // Another process stored number 3 while this one held 1.
    let made = try await CRLAuthority(id: id, certificate: authority.certificate, signer: authority.key)
      .revocationList(number: 3, thisUpdate: clock.now(), nextUpdate: clock.now() + .days(1), revoked: [])
    try await lists.store(made)
    #expect(try await publisher.publish(id).number == 4)
  }

  @Test func asksForWhatExpiredSinceTheLastList() async throws {
    _ = try await publisher.publish(id)
    let first = clock.now().wholeSecond
    clock.advance(.days(3))
    _ = try await publisher.publish(id)
    #expect(lists.state.withLock { $0.keptAfter } == [Instant(seconds: 0), first])
  }
}

/// RFC 5280 §3.3: an entry stays until it was on one scheduled list past its certificate's end.
@Suite struct CRLScheduleTests {
  let schedule = CRLSchedule(interval: .hours(6), overlap: .hours(18))
  let now = Instant(seconds: 1_700_000_000)

  @Test func firstListHasAll() {
    #expect(schedule.keptAfter(previous: nil, at: now) == Instant(seconds: 0))
  }

  @Test func afterALongSilenceAllThatExpiredInIt() {
    #expect(schedule.keptAfter(previous: now - .days(30), at: now) == now - .days(30))
  }

  @Test func listsInBetweenDoNotCount() {
    #expect(schedule.keptAfter(previous: now - .seconds(1), at: now) == now - .hours(12))
  }

  @Test func nextUpdateOverlaps() {
    #expect(schedule.nextUpdate(after: now) == now + .hours(24))
    #expect(!schedule.isDue(now, at: now + .hours(6) - .seconds(1)))
    #expect(schedule.isDue(now, at: now + .hours(6)))
  }
}

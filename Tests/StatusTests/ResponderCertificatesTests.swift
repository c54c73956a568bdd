import Credentials
import KeyCustody
import Registry
import Status
import Synchronization
import TestKit
import Testing
import WireFormats

@Suite(.timeLimit(.minutes(2))) struct ResponderCertificatesTests {
  /// Issues for an authority, and counts; fails when it is told to.
  final class Desk: Sendable {
    struct State {
      var issued = 0
      var fails = false
      var extensions = SmallAuthority.responderExtensions
    }
    let authority: SmallAuthority
    let clock: ManualClock
    let state = Mutex(State())

    init(_ authority: SmallAuthority, _ clock: ManualClock) { (self.authority, self.clock) = (authority, clock) }
    var issued: Int { state.withLock { $0.issued } }

    func issue(_ key: SubjectPublicKeyInfo) throws -> [UInt8] {
      let extensions = try state.withLock {
        if $0.fails { throw StoreError.unavailable(reason: "disk") }
        $0.issued += 1
        return $0.extensions
      }
      return try authority.issue(
        "Responder", key: key, extensions: extensions, lifetime: .days(10), at: clock.now()
      ).encoded
    }
  }

  let clock = ManualClock()
  let desk: Desk
  let id: AuthorityID
  let certificates: ResponderCertificates

  init() throws {
    id = try StandingFixture.identifier("operational-1")
    let desk = Desk(try SmallAuthority(), clock)
    self.desk = desk
    certificates = ResponderCertificates(
      makeKey: { _ in try SoftwareKey.generate(.p256) }, issue: { _, key in try desk.issue(key) }, clock: clock.now)
  }

  /// A renewal runs beside the call that started it.
  func untilIssued(_ count: Int) async throws {
    for _ in 0..<10_000 where desk.issued < count { await Task.yield() }
    #expect(desk.issued == count)
  }

  @Test func madeOnce() async throws {
    let first = try await certificates.credential(for: id)
    let second = try await certificates.credential(for: id)
    #expect(first.certificate == second.certificate)
    #expect(desk.issued == 1)
  }

  @Test func oneForAllWhoWait() async throws {
    let found = try await withThrowingTaskGroup(of: Certificate.self) { group in
      for _ in 0..<50 { group.addTask { try await certificates.credential(for: id).certificate } }
      return try await group.reduce(into: Set<Certificate>()) { $0.insert($1) }
    }
    #expect(found.count == 1 && desk.issued == 1)
  }

  @Test func preparedBeforeAnyoneAsks() async throws {
    await certificates.prepare([id])
    #expect(desk.issued == 1)
    _ = try await certificates.credential(for: id)
    #expect(desk.issued == 1)
  }

  @Test func renewedAtHalf() async throws {
    let first = try await certificates.credential(for: id)
    clock.advance(.days(4))
    await certificates.renewWhereDue()
    #expect(desk.issued == 1)
    clock.advance(.seconds(86_401))
    await certificates.renewWhereDue()
    try await untilIssued(2)
    var second = try await certificates.credential(for: id)
    for _ in 0..<10_000 where second.certificate == first.certificate {
      await Task.yield()
      second = try await certificates.credential(for: id)
    }
    #expect(second.certificate != first.certificate)
    #expect(second.signer.publicKey != first.signer.publicKey, "a key of its own each time")
  }

  @Test func askingRenewsToo() async throws {
    _ = try await certificates.credential(for: id)
    clock.advance(.days(6))
    _ = try await certificates.credential(for: id)
    try await untilIssued(2)
  }

  @Test func aFailureKeepsTheOldOneUntilItsEnd() async throws {
    let first = try await certificates.credential(for: id)
    desk.state.withLock { $0.fails = true }
    clock.advance(.days(6))
    for _ in 0..<5 { #expect(try await certificates.credential(for: id).certificate == first.certificate) }
    clock.advance(.days(5))
    await #expect(throws: StoreError.self) { try await certificates.credential(for: id) }
    desk.state.withLock { $0.fails = false }
    clock.advance(.seconds(6))
    #expect(try await certificates.credential(for: id).certificate != first.certificate)
  }

  @Test func aRevokedOneSignsNothingMore() async throws {
    let first = try await certificates.credential(for: id)
    var random = SystemRandomNumberGenerator()
    let another = SerialNumber(at: clock.now(), random: &random)
    #expect(await !certificates.withdraw(another, under: id))
    #expect(await certificates.withdraw(first.certificate.serial, under: id))
    #expect(try await certificates.credential(for: id).certificate != first.certificate)
    #expect(await !certificates.withdraw(first.certificate.serial, under: id))
  }

  @Test func failuresPause() async throws {
    desk.state.withLock { $0.fails = true }
    await #expect(throws: StoreError.self) { try await certificates.credential(for: id) }
    desk.state.withLock { $0.fails = false }
    await #expect(throws: StoreError.self) { try await certificates.credential(for: id) }
    clock.advance(.seconds(6))
    _ = try await certificates.credential(for: id)
  }

  @Test(arguments: [
    (
      "no nocheck",
      [CertificateExtension.keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.ocspSigning])]
    ),
    ("no OCSPSigning", [.keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.clientAuth])]),
  ])
  func unfitOnesAreRefused(what: String, extensions: [CertificateExtension]) async throws {
    desk.state.withLock { $0.extensions = extensions }
    await #expect(throws: ResponderError.self) { try await certificates.credential(for: id) }
  }

  @Test func anotherKeysCertificateIsRefused() throws {
    let key = try SoftwareKey.generate(.p256)
    let certificate = try desk.authority.responderCertificate(for: SoftwareKey.generate(.p256).publicKey)
    #expect(throws: ResponderError.self) { try ResponderCredential(signer: key, certificate: certificate) }
  }
}

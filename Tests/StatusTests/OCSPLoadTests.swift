import Credentials
import KeyCustody
import Registry
import Status
import TestKit
import Testing
import WireFormats

@Suite(.timeLimit(.minutes(2))) struct OCSPLoadTests {
  @Test func aboveTheBoundTryLater() async throws {
    let fixture = try StandingFixture()
    let signer = HeldSigner(fixture.responderKey)
    let responder = try await fixture.responder(
      OCSPPolicy(concurrentSignatures: 2, cacheTrust: .seconds(3600)), signer: signer)
    let nonced = try fixture.request(nonce: [UInt8](repeating: 5, count: 16))
    async let one = responder.answer(nonced)
    async let two = responder.answer(nonced)
    while signer.waiting < 2 { await Task.yield() }
    #expect(await responder.answer(nonced).bytes == [0x30, 0x03, 0x0A, 0x01, 0x03])
    // Nonces do not starve the answers that everyone shares: this one reaches the signer.
    let plain = try fixture.request()
    async let shared = responder.answer(plain)
    while signer.waiting < 3 { await Task.yield() }
    signer.open()
    for answer in [await one, await two, await shared] {
      #expect(try answer.basic().responses.first?.status == .good)
    }
    #expect(try await responder.answer(nonced).ocsp().status == .successful, "the places are free again")
  }

  @Test func failuresFreeTheirPlaces() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder(OCSPPolicy(concurrentSignatures: 1, concurrentCacheFills: 1))
    let nonced = try fixture.request(nonce: [UInt8](repeating: 5, count: 16))
    fixture.source.fail(.malformed("row"))
    for _ in 0..<3 {
      #expect(try await responder.answer(nonced).ocsp().status == .internalError)
      #expect(try await responder.answer(fixture.request()).ocsp().status == .internalError)
    }
    fixture.source.fail(nil)
    #expect(try await responder.answer(nonced).ocsp().status == .successful)
    #expect(try await responder.answer(fixture.request()).ocsp().status == .successful)
  }

  @Test(arguments: [StoreError.busy, .unavailable(reason: "disk full")])
  func aStoreThatIsAwayIsTryLater(error: StoreError) async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    fixture.source.fail(error)
    #expect(try await responder.answer(fixture.request()).ocsp().status == .tryLater)
  }

  @Test func aKeyThatIsAwayIsTryLater() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder(signer: AbsentSigner(key: fixture.responderKey))
    #expect(try await responder.answer(fixture.request()).ocsp().status == .tryLater)
  }

  @Test func manyAtOnce() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let request = try fixture.request()
    let answers = await withTaskGroup(of: StatusAnswer.self) { group in
      for _ in 0..<200 { group.addTask { await responder.answer(request) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for answer in answers { #expect(try answer.basic().responses.first?.status == .good) }
  }
}

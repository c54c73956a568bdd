import Credentials
import KeyCustody
import Registry
import Status
import TestKit
import Testing
import WireFormats

@Suite struct OCSPResponderTests {
  @Test(arguments: [
    (CertificateStanding.State.good, OCSPCertStatus.good),
    (.held(since: Instant(seconds: 1000)), .revoked(at: Instant(seconds: 1000), reason: .certificateHold)),
    (
      .revoked(at: Instant(seconds: 2000), reason: .keyCompromise),
      .revoked(at: Instant(seconds: 2000), reason: .keyCompromise)
    ),
    (.revoked(at: Instant(seconds: 2000), reason: nil), .revoked(at: Instant(seconds: 2000), reason: nil)),
  ])
  func saysHowItStands(state: CertificateStanding.State, status: OCSPCertStatus) async throws {
    let fixture = try StandingFixture()
    fixture.source.set(CertificateStanding(state: state), fixture.leaf.serial, fixture.id)
    let answer = try await fixture.responder().answer(fixture.request())
    let basic = try answer.basic()
    #expect(answer.status == 200 && answer.contentType == "application/ocsp-response")
    #expect(basic.responses.map(\.status) == [status])
    #expect(basic.responses.first?.thisUpdate == fixture.clock.now().wholeSecond)
    #expect(basic.responses.first?.nextUpdate == fixture.clock.now().wholeSecond + .hours(1))
    #expect(basic.isSigned(by: fixture.responderKey.publicKey))
    #expect(basic.nonce == nil)
  }

  @Test func carriesItsResponderByKey() async throws {
    let fixture = try StandingFixture()
    let basic = try await fixture.responder().answer(fixture.request()).basic()
    // RFC 6960 §4.2.2.2: issued by the authority's own key, with OCSPSigning and nocheck; §4.2.1: byKey is SHA-1.
    let certificate = try Certificate(parsing: try #require(basic.certificates.first))
    #expect(basic.certificates.count == 1)
    #expect(certificate.isSigned(by: fixture.authority.key.publicKey))
    #expect(certificate.extendedKeyUsages == [ExtendedKeyUsage.ocspSigning])
    #expect(certificate.extensions.contains { $0.identifier == ExtensionID.ocspNoCheck })
    #expect(basic.responderID == .byKey(fixture.responderKey.publicKey.keyIdentifier))
  }

  @Test func bothHashesGetTheirAnswer() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    for hash in [OCSPCertID.HashAlgorithm.sha1, .sha256] {
      let asked = try fixture.certID(fixture.leaf.serial, hash: hash)
      let basic = try await responder.answer(OCSPRequest.encode([asked])).basic()
      #expect(basic.responses.map(\.certificate) == [asked])
      #expect(basic.responses.map(\.status) == [.good])
    }
  }

  @Test func neverIssuedIsUnknown() async throws {
    let fixture = try StandingFixture()
    let never = try fixture.authority.issue("never recorded").serial
    let answer = try await fixture.responder().answer(fixture.request([never]))
    #expect(try answer.basic().responses.map(\.status) == [.unknown])
    #expect(answer.caching == .noStore, "it may be issued in the next second")
  }

  // RFC 6960 §2.2, §4.4.8.
  @Test func neverIssuedIsRevokedByPolicy() async throws {
    let fixture = try StandingFixture()
    let never = try fixture.authority.issue("never recorded").serial
    let basic = try await fixture.responder(OCSPPolicy(neverIssued: .revoked)).answer(fixture.request([never])).basic()
    #expect(basic.responses.map(\.status) == [.revoked(at: Instant(seconds: 0), reason: .certificateHold)])
    #expect(basic.statesExtendedRevoke)
  }

  @Test func severalCertificates() async throws {
    let fixture = try StandingFixture()
    let (second, never) = (try fixture.authority.issue("second").serial, try fixture.authority.issue("never").serial)
    let at = fixture.clock.now().wholeSecond
    fixture.source.set(
      CertificateStanding(state: .revoked(at: at, reason: .superseded)), second, fixture.id)
    let request = try OCSPRequest.encode([
      fixture.certID(fixture.leaf.serial), fixture.certID(second, hash: .sha256), fixture.certID(never),
      fixture.certID(fixture.leaf.serial, of: fixture.other),
    ])
    let answer = try await fixture.responder().answer(request)
    let expected: [OCSPCertStatus] = [.good, .revoked(at: at, reason: .superseded), .unknown, .unknown]
    #expect(try answer.basic().responses.map(\.status) == expected)
    #expect(answer.caching == .noStore)
  }

  @Test func nonceIsRepeatedAndSignedEachTime() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    for count in [16, 32] {
      let nonce = [UInt8](repeating: UInt8(count), count: count)
      let answer = try await responder.answer(fixture.request(nonce: nonce))
      #expect(try answer.basic().nonce == nonce)
      #expect(answer.caching == .noStore)
    }
    for count in [1, 15, 33, 128] {
      let answer = try await responder.answer(fixture.request(nonce: [UInt8](repeating: 1, count: count)))
      #expect(try answer.basic().nonce == nil)
      #expect(answer.caching != .noStore, "answered from what was signed before")
    }
  }

  @Test func anotherAuthoritysCertificateIsUnauthorized() async throws {
    let fixture = try StandingFixture()
    let stranger = try SmallAuthority(name: "Stranger")
    let responder = try await fixture.responder()
    let unknown = try OCSPRequest.encode([fixture.certID(fixture.leaf.serial, of: stranger)])
    #expect(try await responder.answer(unknown).ocsp().status == .unauthorized)
    // The root is known, and nobody signs for it here.
    let root = try OCSPRequest.encode([fixture.certID(fixture.leaf.serial, of: fixture.other)])
    #expect(try await responder.answer(root).ocsp().status == .unauthorized)
    // The name of one with the key of the other names neither.
    let mixed = try #require(
      OCSPCertID(
        hash: .sha1, issuerName: fixture.authority.certificate.subject.encoded,
        issuerKey: fixture.other.key.publicKey.keyOctets, serial: fixture.leaf.serial))
    #expect(try await responder.answer(OCSPRequest.encode([mixed])).ocsp().status == .unauthorized)
  }

  @Test func damageIsMalformed() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    for answer in [
      await responder.answer([]), await responder.answer([0x30, 0x00]), await responder.answer(path: "!"),
      await responder.answer([UInt8](repeating: 0, count: 10_000)),
    ] {
      #expect(answer.bytes == [0x30, 0x03, 0x0A, 0x01, 0x01])
      #expect(answer.status == 200 && answer.caching == .noStore)
    }
  }

  @Test func everyDamagedRequestIsAnswered() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    for bytes in Mutations(of: try fixture.request(nonce: [UInt8](repeating: 1, count: 16)), count: 1000) {
      let answer = await responder.answer(bytes)
      _ = try answer.ocsp()
    }
  }

  @Test func getIsPost() async throws {
    let fixture = try StandingFixture()
    let responder = try await fixture.responder()
    let request = try fixture.request()
    let posted = await responder.answer(request)
    let text = Base64.encode(request)
    #expect(await responder.answer(path: text) == posted)
    #expect(await responder.answer(path: text.replacing("/", with: "%2F").replacing("+", with: "%2B")) == posted)
  }
}

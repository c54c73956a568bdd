import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

@Suite struct OCSPResponseTests {
  let authority: SmallAuthority
  let responder: SoftwareKey
  let now = Instant("2026-11-21T08:00:00Z") ?? Instant(seconds: 0)

  init() throws {
    authority = try SmallAuthority()
    responder = try SoftwareKey.generate(.p256)
  }

  func single(_ status: OCSPCertStatus, hash: OCSPCertID.HashAlgorithm = .sha1) throws -> OCSPSingleResponse {
    let serial = try #require(SerialNumber(hex: "00ff01"))
    let certificate = try #require(
      OCSPCertID(
        hash: hash, issuerName: authority.certificate.subject.encoded, issuerKey: authority.key.publicKey.keyOctets,
        serial: serial))
    return OCSPSingleResponse(certificate: certificate, status: status, thisUpdate: now, nextUpdate: now + .hours(1))
  }

  func data(_ responses: [OCSPSingleResponse], nonce: [UInt8]? = nil, extended: Bool = false) -> OCSPResponseData {
    OCSPResponseData(
      responderKeyHash: responder.publicKey.keyIdentifier, producedAt: now, responses: responses, nonce: nonce,
      statesExtendedRevoke: extended, signatureAlgorithm: responder.algorithm)
  }

  func encoded(_ data: OCSPResponseData) throws -> [UInt8] {
    let message = data.toBeSigned
    return data.encode(
      toBeSigned: message, signature: try responder.signature(over: message),
      certificates: [authority.certificate.encoded])
  }

  // RFC 6960 §4.2.1: an ENUMERATED in a SEQUENCE and nothing else.
  @Test(arguments: [
    (OCSPResponseStatus.malformedRequest, [UInt8]([0x30, 0x03, 0x0A, 0x01, 0x01])),
    (.internalError, [0x30, 0x03, 0x0A, 0x01, 0x02]), (.tryLater, [0x30, 0x03, 0x0A, 0x01, 0x03]),
    (.sigRequired, [0x30, 0x03, 0x0A, 0x01, 0x05]), (.unauthorized, [0x30, 0x03, 0x0A, 0x01, 0x06]),
  ])
  func failuresAreUnsigned(status: OCSPResponseStatus, bytes: [UInt8]) throws {
    #expect(status.encodedResponse == bytes)
    let response = try OCSPResponse(parsing: bytes)
    #expect(response.status == status && response.basic == nil)
  }

  @Test func readsBack() throws {
    let responses = [
      try single(.good), try single(.unknown, hash: .sha256), try single(.revoked(at: now - .days(1), reason: nil)),
      try single(.revoked(at: now, reason: .certificateHold)),
    ]
    let nonce = [UInt8](repeating: 3, count: 32)
    let response = try OCSPResponse(parsing: encoded(data(responses, nonce: nonce)))
    let basic = try #require(response.basic)
    #expect(response.status == .successful)
    #expect(basic.responses == responses)
    #expect(basic.nonce == nonce)
    #expect(basic.producedAt == now)
    #expect(basic.responderID == .byKey(responder.publicKey.keyIdentifier))
    #expect(basic.certificates == [authority.certificate.encoded])
    #expect(basic.isSigned(by: responder.publicKey))
    #expect(!basic.isSigned(by: authority.key.publicKey))
    #expect(!basic.statesExtendedRevoke)
  }

  @Test func unspecifiedIsLeftOut() throws {
    let response = try OCSPResponse(
      parsing: encoded(data([try single(.revoked(at: now, reason: .unspecified))])))
    #expect(response.basic?.responses.first?.status == .revoked(at: now, reason: nil))
  }

  @Test func noExtensionsWithoutNeed() throws {
    let basic = try #require(try OCSPResponse(parsing: encoded(data([try single(.good)]))).basic)
    #expect(basic.extensions.isEmpty)
    let extended = try #require(try OCSPResponse(parsing: encoded(data([try single(.good)], extended: true))).basic)
    #expect(extended.statesExtendedRevoke)
  }

  @Test(arguments: [
    ("status 4", [UInt8]([0x30, 0x03, 0x0A, 0x01, 0x04]), OCSPResponseError.unknownStatus(4)),
    ("successful and empty", [0x30, 0x03, 0x0A, 0x01, 0x00], .malformed(.truncated)),
    (
      "another type", [0x30, 0x0D, 0x0A, 0x01, 0x00, 0xA0, 0x08, 0x30, 0x06, 0x06, 0x02, 0x2A, 0x03, 0x04, 0x00],
      .unsupportedType(ObjectIdentifier([1, 2, 3]))
    ),
    ("after the end", [0x30, 0x03, 0x0A, 0x01, 0x01, 0x00], .malformed(.trailingBytes)),
    ("nothing", [], .malformed(.truncated)),
  ])
  func refused(what: String, bytes: [UInt8], error: OCSPResponseError) {
    #expect(throws: error) { try OCSPResponse(parsing: bytes) }
  }

  @Test func damageNeverTraps() throws {
    let sample = try encoded(
      data([try single(.good), try single(.revoked(at: now, reason: .superseded))], nonce: [UInt8](1...16)))
    var refused = 0
    for bytes in Mutations(of: sample, count: 20_000) {
      do { _ = try OCSPResponse(parsing: bytes).basic?.nonce } catch { refused += 1 }
    }
    #expect(refused > 5_000)
  }
}

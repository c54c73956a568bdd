import Credentials
import KeyCustody
import TestKit
import Testing
import WireFormats

@Suite struct CRLTests {
  let authority: SmallAuthority
  let now = Instant("2026-11-21T08:00:00Z") ?? Instant(seconds: 0)

  init() throws { authority = try SmallAuthority() }

  func contents(_ entries: [CRLEntry], number: Int64 = 1, lasting: Span = .days(1)) -> CRLContents {
    CRLContents(
      issuer: authority.certificate.subject.encoded, authorityKeyIdentifier: authority.key.publicKey.keyIdentifier,
      number: number, thisUpdate: now, nextUpdate: now + lasting, entries: entries,
      signatureAlgorithm: authority.key.algorithm)
  }

  func parsed(_ contents: CRLContents) throws -> CertificateRevocationList {
    let message = contents.toBeSigned
    return try CertificateRevocationList(
      parsing: contents.encode(toBeSigned: message, signature: authority.key.signature(over: message)))
  }

  func serial(_ hex: String) throws -> SerialNumber { try #require(SerialNumber(hex: hex)) }

  func tags(_ toBeSigned: [UInt8]) throws -> [UInt8] {
    var outer = DERReader(toBeSigned)
    var fields = try outer.readSequence()
    var tags: [UInt8] = []
    while !fields.isAtEnd { tags.append(try fields.read().tag) }
    return tags
  }

  @Test func emptyListIsAbsent() throws {
    // version, signature, issuer, thisUpdate, nextUpdate, then [0]: RFC 5280 §5.1.2.6.
    #expect(try tags(contents([]).toBeSigned) == [0x02, 0x30, 0x30, 0x17, 0x17, 0xA0])
    #expect(try parsed(contents([])).entries.isEmpty)
  }

  @Test func listStandsBeforeExtensions() throws {
    let entry = CRLEntry(serial: try serial("01"), revokedAt: now)
    #expect(try tags(contents([entry]).toBeSigned) == [0x02, 0x30, 0x30, 0x17, 0x17, 0x30, 0xA0])
  }

  @Test func saysNumberAndKeyAndNothingCritical() throws {
    let list = try parsed(contents([], number: 77))
    #expect(list.number == 77)
    #expect(list.authorityKeyIdentifier == authority.key.publicKey.keyIdentifier)
    #expect(list.criticalExtensions.isEmpty)
    #expect(Set(list.extensions.map(\.identifier)) == [ExtensionID.crlNumber, ExtensionID.authorityKeyIdentifier])
    #expect(list.issuer == authority.certificate.subject.encoded)
    #expect(list.isSigned(by: authority.key.publicKey))
    #expect(list.thisUpdate == now && list.nextUpdate == now + .days(1))
  }

  @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 1 << 40, Int64.max])
  func numbersReadBack(number: Int64) throws {
    #expect(try parsed(contents([], number: number)).number == number)
  }

  @Test(arguments: RevocationReason.allCases)
  func reasonsReadBack(reason: RevocationReason) throws {
    let entry = CRLEntry(serial: try serial("0a0b"), revokedAt: now, reason: reason)
    let found = try parsed(contents([entry])).entry(for: entry.serial)
    switch reason {
    case .removeFromCRL: #expect(found == nil, "only delta CRLs carry it")
    case .unspecified: #expect(found != nil && found?.reason == nil, "unspecified is left out")
    default: #expect(found?.reason == reason)
    }
  }

  @Test(arguments: ["01", "7f", "80", "ff", "00ff", "7fffffffffffffffffffffffffffffffffffffff"])
  func serialsReadBack(hex: String) throws {
    let entry = CRLEntry(serial: try serial(hex), revokedAt: now, reason: .keyCompromise)
    #expect(try parsed(contents([entry])).entries == [entry])
  }

  @Test(arguments: [
    ("1999-12-31T23:59:59Z", UInt8(0x17)), ("2049-12-31T23:59:59Z", 0x17), ("2050-01-01T00:00:00Z", 0x18),
    ("9999-12-31T23:59:59Z", 0x18),
  ])
  func timesTakeTheirForm(text: String, tag: UInt8) throws {
    let instant = try #require(Instant(text))
    let list = try parsed(contents([CRLEntry(serial: try serial("01"), revokedAt: instant)]))
    #expect(list.entries.first?.revokedAt == instant)
    var entries = contents([CRLEntry(serial: try serial("01"), revokedAt: instant)])
    entries.nextUpdate = instant
    var outer = DERReader(entries.toBeSigned)
    var fields = try outer.readSequence()
    for _ in 0..<4 { _ = try fields.read() }
    #expect(fields.nextTag == tag)
  }

  @Test func fractionsAreCut() throws {
    let late = Instant(milliseconds: now.milliseconds + 999)
    #expect(try parsed(contents([CRLEntry(serial: try serial("01"), revokedAt: late)])).entries.first?.revokedAt == now)
  }

  @Test func anotherKeyDidNotSign() throws {
    let list = try parsed(contents([]))
    #expect(try !list.isSigned(by: SoftwareKey.generate(.p256).publicKey))
  }

  @Test func closureSigns() async throws {
    let encoded = try await contents([]).signed { message throws(SigningError) in
      try await authority.key.sign(message)
    }
    #expect(try CertificateRevocationList(parsing: encoded).isSigned(by: authority.key.publicKey))
  }
}

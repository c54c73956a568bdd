import Credentials
import DeviceFormats
import KeyCustody
import TestKit
import Testing
import WireFormats

@Suite struct RevocationListViewTests {
  static func list(
    _ authority: SmallAuthority, _ entries: [CRLEntry], thisUpdate: Instant = .present - .minutes(1),
    nextUpdate: Instant = .present + .days(1), signer: SoftwareKey? = nil, issuer: [UInt8]? = nil
  ) throws -> [UInt8] {
    let contents = CRLContents(
      issuer: issuer ?? authority.certificate.subject.encoded,
      authorityKeyIdentifier: authority.key.publicKey.keyIdentifier,
      number: 4097, thisUpdate: thisUpdate, nextUpdate: nextUpdate, entries: entries,
      signatureAlgorithm: authority.key.algorithm)
    let message = contents.toBeSigned
    return contents.encode(toBeSigned: message, signature: try (signer ?? authority.key).signature(over: message))
  }

  static func outcome(_ list: [UInt8], _ issuer: Certificate, at time: Instant? = .present) throws -> RevocationError? {
    try lend(list) { list in
      try lend(issuer.encoded) { issuer in
        let view = try RevocationListView(parsing: list)
        let certificate = try CertificateView(parsing: issuer)
        do throws(RevocationError) {
          try view.check(
            issuer: certificate, at: time.map { UnixTime(seconds: $0.seconds) }, verifier: SoftwareVerifier())
        } catch { return error }
        return nil
      }
    }
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func saysWhoIsRevoked(_ algorithm: KeyAlgorithm) throws {
    let authority = try SmallAuthority(algorithm)
    let (good, held, revoked) = (try authority.issue("a"), try authority.issue("b"), try authority.issue("c"))
    let moment = Instant.present - .minutes(5)
    let list = try Self.list(
      authority,
      [
        CRLEntry(serial: held.serial, revokedAt: moment, reason: .certificateHold),
        CRLEntry(serial: revoked.serial, revokedAt: moment, reason: nil),
      ])
    #expect(try Self.outcome(list, authority.certificate) == nil)
    try lend(list) { bytes in
      let view = try RevocationListView(parsing: bytes)
      #expect(view.number.octets == [0x10, 0x01])
      func entry(_ certificate: Certificate) throws -> RevocationEntry? {
        try lend(certificate.encoded) { try view.entry(for: CertificateView(parsing: $0).serial) }
      }
      #expect(try entry(good) == nil)
      #expect(try entry(held)?.reason == 6)
      #expect(try entry(held)?.revokedAt.seconds == moment.seconds)
      #expect(try entry(revoked)?.reason == 0)
    }
  }

  @Test func refusals() throws {
    let (authority, other) = (try SmallAuthority(), try SmallAuthority(name: "Other"))
    let list = try Self.list(authority, [])
    #expect(try Self.outcome(list, other.certificate) == .otherIssuer)
    #expect(try Self.outcome(Self.list(authority, [], signer: other.key), authority.certificate) == .badSignature)
    let stale = try Self.list(authority, [], thisUpdate: .present - .days(2), nextUpdate: .present - .minutes(1))
    #expect(try Self.outcome(stale, authority.certificate) == .stale)
    #expect(try Self.outcome(stale, authority.certificate, at: nil) == nil)
    let early = try Self.list(authority, [], thisUpdate: .present + .hours(1))
    #expect(try Self.outcome(early, authority.certificate) == .notYetValid)
    let device = try authority.issue("device")
    let forged = try Self.list(authority, [], issuer: device.subject.encoded)
    #expect(try Self.outcome(forged, device) == .mayNotSignLists)
    lend(device.encoded) { bytes in
      #expect(throws: FormatError.self) { _ = try RevocationListView(parsing: bytes) }
    }
  }

  /// RFC 5280 §5.2: a delta or partial list shows a critical extension, and is not taken for a full one.
  @Test func criticalExtension() throws {
    let authority = try SmallAuthority()
    let plain = try CertificateRevocationList(parsing: Self.list(authority, []))
    let partial = CertificateExtension.raw(
      ExtensionID.issuingDistributionPoint, critical: true, value: [0x30, 0x03, 0x81, 0x01, 0xFF])
    var toBeSigned = Array(plain.toBeSigned)
    toBeSigned = DERWriter.build { writer in
      writer.sequence {
        $0.integer(1)
        $0.raw(authority.key.algorithm.algorithmIdentifier)
        $0.raw(plain.issuer)
        $0.time(plain.thisUpdate)
        $0.constructed(DERTag.contextConstructed(0)) { $0.sequence { $0.raw(partial.encoded) } }
      }
    }
    let signature = try authority.key.signature(over: toBeSigned)
    let list = DERWriter.build {
      $0.sequence {
        $0.raw(toBeSigned)
        $0.raw(authority.key.algorithm.algorithmIdentifier)
        $0.bitString(signature)
      }
    }
    #expect(try Self.outcome(list, authority.certificate) == .unknownCriticalExtension)
  }
}

import Credentials
import TestKit
import Testing
import WireFormats

@Suite struct OCSPRequestTests {
  static let certID: [UInt8] = DERWriter.build {
    $0.sequence {
      $0.sequence {
        $0.objectIdentifier(OCSPCertID.HashAlgorithm.sha1.identifier)
        $0.null()
      }
      $0.octetString([UInt8](repeating: 1, count: 20))
      $0.octetString([UInt8](repeating: 2, count: 20))
      $0.primitive(DERTag.integer, [5])
    }
  }

  /// An OCSPRequest around requests and whatever stands beside them.
  static func request(
    before: [UInt8] = [], _ requests: [[UInt8]], after: [UInt8] = [], outside: [UInt8] = []
  ) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.raw(before)
          $0.sequence { for request in requests { $0.sequence { $0.raw(request) } } }
          $0.raw(after)
        }
        $0.raw(outside)
      }
    }
  }

  static func extensions(_ items: [CertificateExtension], tag: UInt8 = 2) -> [UInt8] {
    DERWriter.build {
      $0.constructed(DERTag.contextConstructed(tag)) { $0.sequence { for item in items { $0.raw(item.encoded) } } }
    }
  }

  static func nonce(_ count: Int, critical: Bool = false) -> CertificateExtension {
    let value = DERWriter.build { $0.octetString([UInt8](repeating: 7, count: count)) }
    return CertificateExtension(identifier: ExtensionID.ocspNonce, critical: critical, value: value)
  }

  static let odd = ObjectIdentifier([1, 3, 6, 1, 4, 1, 99])

  @Test func readsOneCertificate() throws {
    let request = try OCSPRequest(parsing: Self.request([Self.certID]))
    let asked = try #require(request.certificates.first)
    #expect(request.certificates.count == 1)
    #expect(asked.hashAlgorithm == .sha1)
    #expect(asked.issuerNameHash == [UInt8](repeating: 1, count: 20))
    #expect(asked.issuerKeyHash == [UInt8](repeating: 2, count: 20))
    #expect(asked.serial?.description == "05")
    #expect(asked.encoded == Self.certID)
    #expect(request.nonce == nil && !request.isSigned)
  }

  @Test func writesWhatItReads() throws {
    let authority = try SmallAuthority()
    let serial = try authority.issue("leaf").serial
    for hash in [OCSPCertID.HashAlgorithm.sha1, .sha256] {
      let asked = try #require(
        OCSPCertID(
          hash: hash, issuerName: authority.certificate.subject.encoded, issuerKey: authority.key.publicKey.keyOctets,
          serial: serial))
      let nonce = [UInt8](repeating: 9, count: 32)
      let request = try OCSPRequest(parsing: OCSPRequest.encode([asked, asked], nonce: nonce))
      #expect(request.certificates == [asked, asked])
      #expect(request.echoedNonce == nonce)
    }
  }

  // RFC 9654 §2.1.
  @Test(arguments: [(1, false), (15, false), (16, true), (32, true), (33, false), (128, false)])
  func noncesTaken(count: Int, echoed: Bool) throws {
    let request = try OCSPRequest(parsing: Self.request([Self.certID], after: Self.extensions([Self.nonce(count)])))
    #expect(request.nonce?.count == count)
    #expect((request.echoedNonce != nil) == echoed)
  }

  @Test func stepsOverWhatChangesNothing() throws {
    // A requestor's name, version v1 written out, a signature and extensions that are not critical.
    let before: [UInt8] = [0xA0, 0x03, 0x02, 0x01, 0x00, 0xA1, 0x04, 0x82, 0x02, 0x61, 0x62]
    let odd = CertificateExtension(identifier: Self.odd, critical: false, value: [5, 0])
    let request = try OCSPRequest(
      parsing: Self.request(
        before: before, [Self.certID + Self.extensions([odd], tag: 0)], after: Self.extensions([odd, Self.nonce(16)]),
        outside: [0xA0, 0x02, 0x30, 0x00]))
    #expect(request.isSigned && request.echoedNonce?.count == 16)
  }

  @Test(arguments: [("0", [UInt8(0)]), ("-1", [0xFF]), ("21 octets", [UInt8](repeating: 1, count: 21))])
  func serialsThatNoCertificateHas(what: String, content: [UInt8]) throws {
    let certID = DERWriter.build {
      $0.sequence {
        $0.sequence { $0.objectIdentifier(OCSPCertID.HashAlgorithm.sha256.identifier) }
        $0.octetString([])
        $0.octetString([])
        $0.primitive(DERTag.integer, content)
      }
    }
    let request = try OCSPRequest(parsing: Self.request([certID]))
    #expect(request.certificates.first?.serial == nil)
    #expect(request.certificates.first?.hashAlgorithm == .sha256)
  }

  @Test(arguments: [
    ("nothing", [], OCSPRequestError.malformed(.truncated)),
    ("no certificate", request([]), .noCertificates),
    ("33 certificates", request([[UInt8]](repeating: certID, count: 33)), .tooManyCertificates(limit: 32)),
    ("8193 octets", [UInt8](repeating: 0x30, count: 8193), .tooLarge(limit: 8192)),
    ("version 2", request(before: [0xA0, 3, 2, 1, 1], [certID]), .unsupportedVersion),
    ("empty nonce", request([certID], after: extensions([nonce(0)])), .badNonceLength(0)),
    ("nonce of 129", request([certID], after: extensions([nonce(129)])), .badNonceLength(129)),
    (
      "two nonces", request([certID], after: extensions([nonce(16), nonce(16)])),
      .duplicateExtension(ExtensionID.ocspNonce)
    ),
    (
      "critical", request([certID], after: extensions([.init(identifier: odd, critical: true, value: [])])),
      .criticalExtension(odd)
    ),
    (
      "critical for one", request([certID + extensions([.init(identifier: odd, critical: true, value: [])], tag: 0)]),
      .criticalExtension(odd)
    ),
    ("after the end", request([certID]) + [0], .malformed(.trailingBytes)),
    ("unknown field", request([certID], after: [0xA3, 0]), .malformed(.trailingBytes)),
  ])
  func refused(what: String, bytes: [UInt8], error: OCSPRequestError) {
    #expect(throws: error) { try OCSPRequest(parsing: bytes) }
  }

  @Test func criticalNonceIsUnderstood() throws {
    let bytes = Self.request([Self.certID], after: Self.extensions([Self.nonce(20, critical: true)]))
    #expect(try OCSPRequest(parsing: bytes).echoedNonce?.count == 20)
  }

  @Test func limitsAreConfigurable() throws {
    let two = Self.request([Self.certID, Self.certID])
    #expect(throws: OCSPRequestError.tooManyCertificates(limit: 1)) {
      try OCSPRequest(parsing: two, limits: OCSPRequestLimits(certificates: 1))
    }
    #expect(throws: OCSPRequestError.tooLarge(limit: 10)) {
      try OCSPRequest(parsing: two, limits: OCSPRequestLimits(octets: 10))
    }
  }

  @Test func damageNeverTraps() {
    let sample = Self.request(
      [Self.certID, Self.certID], after: Self.extensions([Self.nonce(32)]), outside: [0xA0, 0x02, 0x30, 0x00])
    var refused = 0
    for bytes in Mutations(of: sample, count: 20_000) {
      do { _ = try OCSPRequest(parsing: bytes).echoedNonce } catch { refused += 1 }
    }
    #expect(refused > 5_000)
  }
}

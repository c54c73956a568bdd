import Credentials
import DeviceClient
import KeyCustody
import TestKit
import Testing
import WireFormats

/// R6: device to device, with nobody online.
@Suite struct PeerTests {
  private static let now = ClientScene.start
  private let authority: SmallAuthority
  private let memory: DeviceMemory
  private let peer: Certificate

  init() throws {
    authority = try SmallAuthority(at: Self.now)
    memory = DeviceMemory(serial: "SN-1", roots: [authority.certificate])
    peer = try authority.issue("pump", serialNumber: "SN-2", names: [.dnsName("pump.example")], at: Self.now)
  }

  private func verify(
    _ chain: [Certificate], _ requirements: PeerRequirements = .init(purpose: ExtendedKeyUsage.clientAuth),
    _ evidence: RevocationEvidence = .init(), at clock: Instant = now
  ) throws(PeerRefusal) -> Peer {
    try memory.verify(peer: chain, for: requirements, evidence: evidence, at: clock)
  }

  private func list(
    _ entries: [CRLEntry] = [], by signer: SmallAuthority? = nil, at: Instant = now
  ) throws -> RevocationEvidence {
    let signer = signer ?? authority
    let contents = CRLContents(
      issuer: signer.certificate.subject.encoded, authorityKeyIdentifier: signer.key.publicKey.keyIdentifier, number: 1,
      thisUpdate: at, nextUpdate: at + .days(1), entries: entries, signatureAlgorithm: signer.key.algorithm)
    let encoded = contents.encode(signature: try signer.key.signature(over: contents.toBeSigned))
    return RevocationEvidence(lists: [try CertificateRevocationList(parsing: encoded)])
  }

  private func refusal(_ body: () throws(PeerRefusal) -> Peer) -> PeerRefusal? {
    do {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func namesThePeer() throws {
    let found = try verify([peer], .init(names: ["pump.example"]))
    #expect(found.name == "SN-2" && found.standing == nil)
    #expect(found.path.anchor == authority.certificate)
    #expect(refusal { () throws(PeerRefusal) in try verify([peer], .init(names: ["SN-3"])) } == .name("SN-2"))
  }

  @Test func whoIsNotOfThisFleetIsRefused() throws {
    let other = try SmallAuthority(name: "Other", at: Self.now)
    let stranger = try other.issue("pump", serialNumber: "SN-2", at: Self.now)
    #expect(refusal { () throws(PeerRefusal) in try verify([stranger]) } == .path(.noIssuer))
    let namesake = try SmallAuthority(at: Self.now).issue("pump", serialNumber: "SN-2", at: Self.now)
    #expect(refusal { () throws(PeerRefusal) in try verify([namesake, authority.certificate]) } != nil)
    #expect(refusal { () throws(PeerRefusal) in try verify([]) } == .noCertificate)
    #expect(refusal { () throws(PeerRefusal) in try verify([authority.certificate]) } == .noCertificate)
  }

  @Test func purposeAndPolicyAreAskedFor() throws {
    let server = PeerRequirements(purpose: ExtendedKeyUsage.serverAuth)
    #expect(refusal { () throws(PeerRefusal) in try verify([peer], server) } == .purpose)
    let policy = ObjectIdentifier([1, 3, 6, 1, 4, 1, 99999, 7])
    let profiled = try authority.issue(
      "valve", extensions: [.keyUsage(.digitalSignature), .certificatePolicies([policy])], at: Self.now)
    #expect(try verify([profiled], .init(policies: [policy])).name == "valve")
    #expect(refusal { () throws(PeerRefusal) in try verify([peer], .init(policies: [policy])) } == .policy)
    let encipherer = try authority.issue("valve", extensions: [.keyUsage(.keyAgreement)], at: Self.now)
    #expect(refusal { () throws(PeerRefusal) in try verify([encipherer], .init()) } == .purpose)
  }

  @Test func anExpiredPeerIsRefusedByAClockThatWorks() throws {
    let late = Self.now + .days(8)
    #expect(refusal { () throws(PeerRefusal) in try verify([peer], at: late) } == .path(.expired(peer.notAfter)))
    // In 1970 dates say nothing, and names, signatures and lists still do.
    let early = Instant(seconds: 300)
    #expect(try verify([peer], .init(), try list(), at: early).standing?.age == nil)
    #expect(
      refusal { () throws(PeerRefusal) in
        try verify(
          [peer], .init(), (try? list([.init(serial: peer.serial, revokedAt: Self.now)])) ?? .init(), at: early)
      } == .revoked(at: Self.now, nil))
  }

  @Test func theListDecides() throws {
    let good = try verify([peer], .init(oldestEvidence: .hours(1)), try list(at: Self.now - .minutes(30)))
    #expect(good.standing?.source == .revocationList && good.standing?.age == .minutes(30))
    #expect(good.standing?.asOf == Self.now - .minutes(30))
    let held = try list([.init(serial: peer.serial, revokedAt: Self.now, reason: .certificateHold)])
    let refused = refusal { () throws(PeerRefusal) in try verify([peer], .init(), held) }
    #expect(refused == .revoked(at: Self.now, .certificateHold))
    #expect(refused?.description == "it is suspended since \(Self.now)")
  }

  @Test func theNewestWordCounts() throws {
    var both = try list(at: Self.now - .hours(2))
    both.lists += try list([.init(serial: peer.serial, revokedAt: Self.now)], at: Self.now - .hours(1)).lists
    #expect(refusal { () throws(PeerRefusal) in try verify([peer], .init(), both) } == .revoked(at: Self.now, nil))
    both.lists += try list(at: Self.now).lists
    #expect(try verify([peer], .init(), both).standing?.asOf == Self.now)
  }

  @Test func evidenceIsDemandedAndAges() throws {
    let strict = PeerRequirements(oldestEvidence: .hours(1))
    #expect(refusal { () throws(PeerRefusal) in try verify([peer], strict) } == .noEvidence)
    let old = try list(at: Self.now - .hours(2))
    #expect(
      refusal { () throws(PeerRefusal) in try verify([peer], strict, old) }
        == .evidenceTooOld(asOf: Self.now - .hours(2)))
    // Without a clock nothing is known to be young.
    let fresh = try list()
    #expect(
      refusal { () throws(PeerRefusal) in try verify([peer], strict, fresh, at: Instant(seconds: 9)) }
        == .evidenceTooOld(asOf: Self.now))
  }

  @Test func aForgedListSaysNothing() throws {
    let forger = try SmallAuthority(at: Self.now)
    let forged = try list([.init(serial: peer.serial, revokedAt: Self.now)], by: forger)
    #expect(try verify([peer], .init(), forged).standing == nil)
  }

  @Test(arguments: [true, false]) func aStapledAnswerDecides(isGood: Bool) throws {
    let responder = try SoftwareKey.generate(.p256)
    let certificate = try authority.responderCertificate(for: responder.publicKey, at: Self.now)
    let evidence = try answer(isGood ? .good : .revoked(at: Self.now, reason: nil), by: responder, certificate)
    if isGood {
      #expect(try verify([peer], .init(oldestEvidence: .hours(1)), evidence).standing?.source == .ocsp)
    } else {
      #expect(
        refusal { () throws(PeerRefusal) in try verify([peer], .init(), evidence) } == .revoked(at: Self.now, nil))
    }
  }

  /// RFC 6960 §4.2.2.2: another device's certificate cannot answer.
  @Test func onlyAResponderAnswers() throws {
    let thief = try SoftwareKey.generate(.p256)
    let device = try authority.issue("thief", key: thief.publicKey, at: Self.now)
    #expect(try verify([peer], .init(), try answer(.good, by: thief, device)).standing == nil)
  }

  private func answer(
    _ status: OCSPCertStatus, by key: SoftwareKey, _ certificate: Certificate
  ) throws -> RevocationEvidence {
    let identifier = try #require(
      OCSPCertID(
        hash: .sha1, issuerName: authority.certificate.subject.encoded, issuerKey: authority.key.publicKey.keyOctets,
        serial: peer.serial))
    let data = OCSPResponseData(
      responderKeyHash: key.publicKey.keyIdentifier, producedAt: Self.now,
      responses: [
        .init(certificate: identifier, status: status, thisUpdate: Self.now, nextUpdate: Self.now + .hours(1))
      ], signatureAlgorithm: key.algorithm)
    let encoded = data.encode(
      toBeSigned: data.toBeSigned, signature: try key.signature(over: data.toBeSigned),
      certificates: [certificate.encoded])
    return RevocationEvidence(responses: [try OCSPResponse(parsing: encoded)])
  }
}

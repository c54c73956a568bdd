import Credentials
import Testing
import WireFormats

@Suite struct CertificationPathTests {
  private let now = TestAuthority.now

  private func verify(
    _ leaf: Certificate, _ intermediates: [Certificate], _ anchors: [Certificate], at: Instant = TestAuthority.now
  ) throws(CertificationPathError) -> [Certificate] {
    try CertificationPath.verify(leaf: leaf, intermediates: intermediates, anchors: anchors, at: at).certificates
  }

  @Test func paths() throws {
    let root = try TestAuthority("Root", algorithm: .p384)
    let middle = try TestAuthority("Middle", under: root, pathLength: 1)
    let low = try TestAuthority("Low", under: middle, algorithm: .ed25519, pathLength: 0)
    let leaf = try low.issue(TestAuthority.fields())
    let chain = [leaf, low.certificate, middle.certificate, root.certificate]
    #expect(try verify(leaf, [low.certificate, middle.certificate], [root.certificate]) == chain)
    // In any order, with strangers among them, and with the root sent along.
    let stranger = try TestAuthority("Stranger")
    #expect(
      try verify(
        leaf, [stranger.certificate, middle.certificate, root.certificate, low.certificate],
        [stranger.certificate, root.certificate]) == chain)
    // An anchor need not be a root.
    #expect(try verify(leaf, [], [low.certificate]) == Array(chain.prefix(2)))
    #expect(try verify(leaf, [low.certificate], [middle.certificate]) == Array(chain.prefix(3)))
  }

  @Test func noIssuer() throws {
    let root = try TestAuthority("Root")
    let other = try TestAuthority("Other")
    let leaf = try root.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.noIssuer) { try verify(leaf, [], []) }
    #expect(throws: CertificationPathError.noIssuer) { try verify(leaf, [], [other.certificate]) }
    #expect(throws: CertificationPathError.noIssuer) { try verify(leaf, [root.certificate], [other.certificate]) }
    // An anchor is no device: it does not vouch for itself.
    #expect(throws: CertificationPathError.noIssuer) { try verify(root.certificate, [], [root.certificate]) }
  }

  @Test func sameNameAnotherKey() throws {
    let root = try TestAuthority("Root")
    let imposter = try TestAuthority("Root")
    let leaf = try imposter.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.noIssuer) { try verify(leaf, [], [root.certificate]) }
    // Both present, as after a rollover: the right one is found.
    #expect(try verify(leaf, [], [root.certificate, imposter.certificate]).last == imposter.certificate)
  }

  @Test func forgedSignature() throws {
    let root = try TestAuthority("Root")
    let linted = try root.template().prepare(TestAuthority.fields())
    let forged = try Certificate(parsing: TestKey.device.sign(linted))
    #expect(throws: CertificationPathError.badSignature) { try verify(forged, [], [root.certificate]) }
  }

  @Test func validity() throws {
    let root = try TestAuthority("Root")
    let short = try TestAuthority("Short", under: root, notBefore: now - .hours(2), notAfter: now + .days(30))
    let leaf = try short.issue(TestAuthority.fields())
    let chain = [short.certificate]
    #expect(throws: CertificationPathError.expired(leaf.notAfter)) {
      try verify(leaf, chain, [root.certificate], at: leaf.notAfter + .seconds(1))
    }
    #expect(throws: CertificationPathError.notYetValid(leaf.notBefore)) {
      try verify(leaf, chain, [root.certificate], at: leaf.notBefore - .seconds(1))
    }
    #expect(try verify(leaf, chain, [root.certificate], at: leaf.notAfter).count == 3)
    // An authority that began after its leaf.
    let late = try TestAuthority("Late", under: root, notBefore: now + .hours(1), notAfter: now + .days(30))
    let early = try late.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.notYetValid(late.certificate.notBefore)) {
      try verify(early, [late.certificate], [root.certificate])
    }
    let dead = try TestAuthority("Dead", notAfter: now + .hours(1))
    let orphan = try dead.issue(TestAuthority.fields(notAfter: now + .hours(1)))
    #expect(throws: CertificationPathError.expired(orphan.notAfter)) {
      try verify(orphan, [], [dead.certificate], at: now + .hours(2))
    }
  }

  @Test func endEntitiesIssueNothing() throws {
    let root = try TestAuthority("Root")
    // A device's certificate in an authority's place.
    let pretender = try TestAuthority(
      "Device", under: root, extensions: [.basicConstraints(isAuthority: false), .keyUsage(.digitalSignature)])
    let leaf = try pretender.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.issuerIsNotAuthority) {
      try verify(leaf, [pretender.certificate], [root.certificate])
    }
    let bare = try TestAuthority("Bare", under: root, extensions: [])
    let other = try bare.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.issuerIsNotAuthority) {
      try verify(other, [bare.certificate], [root.certificate])
    }
  }

  @Test func authoritiesThatMayNotSign() throws {
    // No rule would let such a one be issued here, so it is assembled by hand.
    let key = TestKey.authority
    for usage in [[CertificateExtension.keyUsage([.cRLSign, .digitalSignature])], []] {
      let extensions = [CertificateExtension.basicConstraints(isAuthority: true)] + usage
      let name = DistinguishedName([.init(type: AttributeType.commonName, value: "By hand")])
      let list = DERWriter.build { $0.sequence { for item in extensions { $0.raw(item.encoded) } } }
      var parts = CertificateTests.Parts()
      parts.extensions = list
      parts.issuer = name.encoded
      parts.key = key.publicKey.encoded
      let authority = try Certificate(parsing: parts.encoded())
      let template = try CertificateTemplate(
        issuer: authority.subject, issuerKeyIdentifier: key.publicKey.keyIdentifier,
        signatureAlgorithm: .ecdsaWithSHA256, issuerNotAfter: nil, extensions: TestAuthority.deviceExtensions)
      let leaf = try Certificate(
        parsing: key.sign(template.prepare(TestAuthority.fields(subject: TestAuthority.subject("OTHER")))))
      if usage.isEmpty {
        // Without any statement it may sign where an operator vouched for it, and nowhere else.
        #expect(try verify(leaf, [], [authority]).count == 2)
      } else {
        #expect(throws: CertificationPathError.issuerMayNotSign) { try verify(leaf, [], [authority]) }
      }
      #expect(throws: CertificationPathError.issuerMayNotSign) { try verify(leaf, [authority], []) }
    }
  }

  @Test func pathLengths() throws {
    let root = try TestAuthority("Root", pathLength: 0)
    let middle = try TestAuthority("Middle", under: root)
    let direct = try root.issue(TestAuthority.fields())
    #expect(try verify(direct, [], [root.certificate]).count == 2)
    let leaf = try middle.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.pathTooLong) { try verify(leaf, [middle.certificate], [root.certificate]) }
  }

  @Test func criticalExtensions() throws {
    let root = try TestAuthority("Root")
    let odd = ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, 9])
    let critical = CertificateExtension.raw(odd, critical: true, value: [5, 0])
    let leaf = try root.issue(TestAuthority.fields(), extensions: TestAuthority.deviceExtensions + [critical])
    #expect(throws: CertificationPathError.unknownCriticalExtension(odd)) { try verify(leaf, [], [root.certificate]) }
    let tolerated = CertificateExtension.raw(odd, critical: false, value: [5, 0])
    let fine = try root.issue(TestAuthority.fields(), extensions: TestAuthority.deviceExtensions + [tolerated])
    #expect(try verify(fine, [], [root.certificate]).count == 2)
    // NameConstraints: permitted dNSName `example`.
    let value = try #require(Hex.decode("300da00b300982076578616d706c65"))
    let narrow = try TestAuthority(
      "Narrow", under: root,
      extensions: [
        .basicConstraints(isAuthority: true), .keyUsage(.keyCertSign),
        .raw(ExtensionID.nameConstraints, critical: true, value: value),
      ])
    let under = try narrow.issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.nameConstraints) {
      try verify(under, [narrow.certificate], [root.certificate])
    }
  }

  @Test func depth() throws {
    let root = try TestAuthority("Root")
    var authorities = [root]
    for level in 1...5 { authorities.append(try TestAuthority("Level \(level)", under: authorities[level - 1])) }
    let allowed = try authorities[4].issue(TestAuthority.fields())
    let intermediates = authorities.dropFirst().map(\.certificate)
    #expect(try verify(allowed, intermediates, [root.certificate]).count == CertificationPath.maximumDepth)
    let deeper = try authorities[5].issue(TestAuthority.fields())
    #expect(throws: CertificationPathError.tooMuchWork) { try verify(deeper, intermediates, [root.certificate]) }
  }

  /// A web of authorities that all sign one another has exponentially many paths: the work stays bounded.
  @Test func bounded() throws {
    let root = try TestAuthority("Root")
    let names = (0..<4).map { "Ring \($0)" }
    let keys = try names.map { _ in try TestKey(.p256) }
    var web: [Certificate] = []
    for subject in names.indices {
      for issuer in names.indices where issuer != subject {
        let template = try CertificateTemplate(
          issuer: name(names[issuer]), issuerKeyIdentifier: keys[issuer].publicKey.keyIdentifier,
          signatureAlgorithm: .ecdsaWithSHA256, issuerNotAfter: nil,
          extensions: [.basicConstraints(isAuthority: true), .keyUsage(.keyCertSign)])
        let linted = try template.prepare(
          TestAuthority.fields(subject: name(names[subject]), key: keys[subject].publicKey))
        web.append(try Certificate(parsing: keys[issuer].sign(linted)))
      }
    }
    let template = try CertificateTemplate(
      issuer: name(names[0]), issuerKeyIdentifier: keys[0].publicKey.keyIdentifier,
      signatureAlgorithm: .ecdsaWithSHA256, issuerNotAfter: nil, extensions: TestAuthority.deviceExtensions)
    let leaf = try Certificate(parsing: keys[0].sign(template.prepare(TestAuthority.fields())))
    #expect(throws: CertificationPathError.tooMuchWork) { try verify(leaf, web, [root.certificate]) }
    #expect(throws: CertificationPathError.tooMuchWork) {
      try verify(leaf, [Certificate](repeating: web[0], count: 17), [root.certificate])
    }
  }

  private func name(_ text: String) -> DistinguishedName {
    DistinguishedName([.init(type: AttributeType.commonName, value: text)])
  }
}

import Credentials
import Registry
import Testing
import WireFormats

/// What a rollover leaves in the store, and what approvers signed.
@Suite struct RolloverConformance {
  @Test(arguments: StoreKind.allCases)
  func `An authority's certificate changes and its key does not`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      var record = Sample.authority()
      try await store.write { try $0.insert(Sample.authority()) }
      record.certificate = [0x30, 1]
      record.state = .retired
      record.revokedAt = Instant(seconds: 5)
      record.revocationReason = .cACompromise
      let changed = record
      let before = try await store.read { try $0.latestStandingChange(in: Sample.acme) }
      try await store.write { try $0.update(changed) }
      #expect(try await store.read { try $0.authority(changed.id, in: Sample.acme) } == changed)
      #expect(try await store.read { try $0.latestStandingChange(in: Sample.acme) } > before)
      let absent = Self.moved(changed)
      await #expect(throws: StoreError.self) { try await store.write { try $0.update(absent) } }
    }
  }

  private static func moved(_ record: AuthorityRecord) -> AuthorityRecord {
    var moved = record
    moved.organization = Sample.other
    return moved
  }

  @Test(arguments: StoreKind.allCases)
  func `Rollover certificates and requests are one organization's`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let road = RolloverCertificate(
        organization: Sample.acme, subject: Sample.authority, issuer: Sample.id("root-1", AuthorityID.init(rawValue:)),
        kind: .newWithOld, certificate: [1], notAfter: .noExpiry, createdAt: Instant(seconds: 1))
      let request = RootRequestRecord(
        id: Sample.id("ask-1", RootRequestID.init(rawValue:)), organization: Sample.acme, act: "renew-authority",
        note: "text", createdAt: Instant(seconds: 1), createdBy: "ann", expiresAt: Instant(seconds: 9))
      try await store.write { writer in
        try writer.insert(road)
        try writer.insert(request)
        try writer.answerRootRequest(request.id, at: Instant(seconds: 2), in: Sample.acme)
      }
      try await store.read { reader throws in
        #expect(try reader.rolloverCertificates(in: Sample.acme) == [road])
        #expect(try reader.rolloverCertificates(in: Sample.other).isEmpty)
        #expect(try reader.rootRequest(request.id, in: Sample.acme)?.answeredAt == Instant(seconds: 2))
        #expect(try reader.rootRequest(request.id, in: Sample.other) == nil)
        #expect(try reader.rootRequests(in: Sample.acme).count == 1)
      }
      await #expect(throws: StoreError.self) { try await store.write { try $0.insert(road) } }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.answerRootRequest(request.id, at: Instant(seconds: 3), in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Two authorities of a name are never active, and requests are installed once`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let name = Sample.id("acme-corp", AuthorityName.init(rawValue:))
      var (first, second) = (Sample.authority(), Sample.authority())
      (first.givenName, second.givenName) = (name, name)
      second.id = Sample.id("acme-corp-2", AuthorityID.init(rawValue:))
      let (one, two) = (first, second)
      try await store.write { try $0.insert(one) }
      #expect(try await store.read { try $0.authority(one.id, in: Sample.acme) } == one)
      await #expect(throws: (any Error).self) { try await store.write { try $0.insert(two) } }
      try await store.write { writer in
        try writer.setState(.retired, ofAuthority: one.id, in: Sample.acme)
        try writer.insert(two)
      }
      let request = AuthorityRequestRecord(
        id: two.id, organization: Sample.acme, name: name, purpose: .operational, replaces: one.id, request: [0x30],
        createdAt: Instant(seconds: 1), createdBy: "ann")
      try await store.write { try $0.insert(request) }
      #expect(try await store.read { try $0.authorityRequests(in: Sample.acme) } == [request])
      #expect(try await store.read { try $0.authorityRequests(in: Sample.other) }.isEmpty)
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.installAuthorityRequest(two.id, at: Instant(seconds: 2), in: Sample.other) }
      }
      try await store.write { try $0.installAuthorityRequest(two.id, at: Instant(seconds: 2), in: Sample.acme) }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.installAuthorityRequest(two.id, at: Instant(seconds: 3), in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Bundles grow and approvers' documents have no gaps`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      func bundle(_ number: Int64) -> TrustBundleRecord {
        TrustBundleRecord(
          organization: Sample.acme, number: number, note: "n\(number)", expiresAt: .noExpiry,
          publishedAt: Instant(seconds: 1), publishedBy: "ann")
      }
      func document(_ number: Int64) -> ApproverDocumentRecord {
        ApproverDocumentRecord(
          organization: Sample.acme, purpose: "trust-bundle", number: number, note: "d\(number)",
          addedAt: Instant(seconds: 1), addedBy: "ann")
      }
      let (third, seventh) = (bundle(3), bundle(7))
      let (first, second) = (document(1), document(2))
      try await store.write { writer in
        try writer.insert(third)
        try writer.insert(seventh)
        try writer.insert(first)
        try writer.insert(second)
      }
      #expect(try await store.read { try $0.trustBundle(in: Sample.acme) } == seventh)
      #expect(try await store.read { try $0.trustBundle(in: Sample.other) } == nil)
      #expect(
        try await store.read { try $0.approverDocuments(purpose: "trust-bundle", in: Sample.acme) } == [first, second])
      for stale in [bundle(7), bundle(5)] {
        await #expect(throws: StoreError.self) { try await store.write { try $0.insert(stale) } }
      }
      for wrong in [document(2), document(4)] {
        await #expect(throws: StoreError.self) { try await store.write { try $0.insert(wrong) } }
      }
    }
  }
}

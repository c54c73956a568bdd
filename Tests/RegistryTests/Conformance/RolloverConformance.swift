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

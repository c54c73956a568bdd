import Registry
import Testing
import WireFormats

/// Organizations, authorities, profiles, administrators, trust anchors and kept answers.
@Suite struct SettingsConformance {
  @Test(arguments: StoreKind.allCases)
  func `Organizations and their log's epochs`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.organization(Sample.other))
        try writer.insert(Sample.organization())
        try writer.openAuditEpoch(2, in: Sample.acme)
      }
      #expect(try await store.read { try $0.organizations() }.map(\.id) == [Sample.acme, Sample.other])
      var expected = Sample.organization()
      expected.auditEpoch = 2
      #expect(try await store.read { try $0.organization(Sample.acme) } == expected)
      await #expect(throws: StoreError.conflict("audit epoch 2")) {
        try await store.write { try $0.openAuditEpoch(2, in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A registration authority is counted up to its count`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      var gateway = Sample.administrator("gateway", role: .registrationAuthority)
      (gateway.lot, gateway.uses, gateway.profiles) = ("L7", 1, [Sample.profile])
      try await store.write { [gateway] writer in
        try writer.insert(gateway)
        try writer.insert(Sample.administrator("free", role: .registrationAuthority))
        try writer.countIssue(ofAdministrator: gateway.fingerprint, in: Sample.acme)
        for _ in 0..<3 { try writer.countIssue(ofAdministrator: Sample.hash("free"), in: Sample.acme) }
      }
      await #expect(throws: StoreError.conflict("the registration authority's count is used up")) {
        try await store.write { try $0.countIssue(ofAdministrator: Sample.hash("gateway"), in: Sample.acme) }
      }
      // Its count is used up already.
      #expect(try await store.write { try $0.exhaustRegistrationAuthorities(in: Sample.acme) } == 0)
      gateway.issued = 1
      let found = try await store.read { try $0.administrators(in: Sample.acme) }
      #expect(found.first == gateway)
      #expect(found.last?.issued == 3)
      try await store.write {
        try $0.removeAdministrator(fingerprint: Sample.hash("free"), at: Sample.start, in: Sample.acme)
      }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.countIssue(ofAdministrator: Sample.hash("free"), in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Authorities by purpose and state`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let second = Sample.id("operational-2", AuthorityID.init(rawValue:))
      try await store.write { writer in
        try writer.insert(Sample.authority())
        try writer.insert(Sample.authority(second))
        try writer.insert(Sample.authority(Sample.id("lab-1", AuthorityID.init(rawValue:)), purpose: .lab))
        try writer.setState(.retired, ofAuthority: Sample.authority, in: Sample.acme)
      }
      let active = try await store.read { try $0.activeAuthorities(purpose: .operational, in: Sample.acme) }
      #expect(active == [Sample.authority(second)])
      #expect(try await store.read { try $0.authorities(in: Sample.acme) }.count == 3)
      let retired = try await store.read { try $0.authority(Sample.authority, in: Sample.acme) }
      #expect(retired?.state == .retired)
      await #expect(throws: StoreError.self) { try await store.write { try $0.insert(Sample.authority()) } }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Profiles keep all versions, without gaps`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let gateway = Sample.id("gateway", ProfileName.init(rawValue:))
      try await store.write { writer in
        for version in 1...3 { try writer.insert(Sample.profileRecord(version: version), in: Sample.acme) }
        try writer.insert(Sample.profileRecord(version: 1, name: gateway), in: Sample.acme)
      }
      for version in [3, 5, 0, Int.min] {
        await #expect(throws: StoreError.self) {
          try await store.write { try $0.insert(Sample.profileRecord(version: version), in: Sample.acme) }
        }
      }
      try await store.read { reader throws in
        #expect(try reader.profile(Sample.profile, in: Sample.acme) == Sample.profileRecord(version: 3))
        #expect(try reader.profile(Sample.profile, version: 2, in: Sample.acme) == Sample.profileRecord(version: 2))
        #expect(try reader.profileVersions(Sample.profile, in: Sample.acme).map(\.version) == [1, 2, 3])
        #expect(try reader.profiles(in: Sample.acme).map(\.name) == [gateway, Sample.profile])
        #expect(try reader.profiles(in: Sample.acme).map(\.version) == [1, 3])
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `The last administrator stays`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.administrator("ann"))
        try writer.insert(Sample.administrator("bob"))
        try writer.insert(Sample.administrator("cat", role: .auditor))
        try writer.removeAdministrator(fingerprint: Sample.hash("bob"), at: Sample.start, in: Sample.acme)
        try writer.removeAdministrator(fingerprint: Sample.hash("cat"), at: Sample.start, in: Sample.acme)
      }
      await #expect(throws: StoreError.conflict("the last administrator")) {
        try await store.write {
          try $0.removeAdministrator(fingerprint: Sample.hash("ann"), at: Sample.start, in: Sample.acme)
        }
      }
      await #expect(throws: StoreError.missing("administrator")) {
        try await store.write {
          try $0.removeAdministrator(fingerprint: Sample.hash("bob"), at: Sample.start, in: Sample.acme)
        }
      }
      let all = try await store.read { try $0.administrators(in: Sample.acme) }
      #expect(all.map(\.removedAt) == [nil, Sample.start, Sample.start])
      let ann = try await store.read { try $0.administrator(fingerprint: Sample.hash("ann"), in: Sample.acme) }
      #expect(ann == Sample.administrator("ann"))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A removed trust anchor's name is free again`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.anchor("widgets"), in: Sample.acme) }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Sample.anchor("widgets"), in: Sample.acme) }
      }
      try await store.write { try $0.removeTrustAnchor("widgets", at: Sample.start, in: Sample.acme) }
      #expect(try await store.read { try $0.trustAnchors(in: Sample.acme) }.isEmpty)
      try await store.write { try $0.insert(Sample.anchor("widgets"), in: Sample.acme) }
      let anchor = try await store.read { try $0.trustAnchor("widgets", in: Sample.acme) }
      #expect(anchor == Sample.anchor("widgets"))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `One TPM is one device's`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.pin(Sample.tpm("ek", of: 1), in: Sample.acme) }
      // The same TPM with another attestation key, and then with another device.
      let again = Sample.tpm("ek", of: 1, attestationKey: [3])
      try await store.write { try $0.pin(again, in: Sample.acme) }
      #expect(try await store.read { try $0.deviceTPM(of: again.device, in: Sample.acme) } == again)
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.pin(Sample.tpm("other", of: 1), in: Sample.acme) }
      }
      let moved = Sample.tpm("ek", of: 2)
      try await store.write { try $0.pin(moved, in: Sample.acme) }
      #expect(try await store.read { try $0.deviceTPM(of: again.device, in: Sample.acme) } == nil)
      #expect(
        try await store.read { try $0.deviceTPM(endorsementKeyHash: moved.endorsementKeyHash, in: Sample.acme) }
          == moved)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `An authority for TPMs is none for devices`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      var chips = Sample.anchor("chips")
      (chips.purpose, chips.profiles, chips.serialPrefix) = (.tpm, [], nil)
      try await store.write { [chips] writer in
        try writer.insert(chips, in: Sample.acme)
        try writer.insert(Sample.anchor("widgets"), in: Sample.acme)
      }
      let found = try await store.read { reader in
        try TrustAnchorRecord.Purpose.allCases.map { try reader.trustAnchors(for: $0, in: Sample.acme) }
      }
      #expect(found == [[Sample.anchor("widgets")], [chips]])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `An answer is kept until it expires`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let (now, end) = (Sample.start, Sample.start + .hours(1))
      let answer = Sample.answer(key: "k", expiresAt: end)
      try await store.write { try $0.insert(answer, now: now, in: Sample.acme) }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(answer, now: now, in: Sample.acme) }
      }
      func stored(at instant: Instant) async throws -> IdempotencyRecord? {
        try await store.read {
          try $0.idempotencyRecord(principal: answer.principal, key: "k", now: instant, in: Sample.acme)
        }
      }
      #expect(try await stored(at: now) == answer)
      #expect(try await stored(at: end) == nil)
      try await store.write {
        try $0.insert(Sample.answer(key: "k", expiresAt: end + .hours(1)), now: end, in: Sample.acme)
      }
      let deleted = try await store.write {
        try $0.deleteIdempotencyRecords(expiredBefore: end + .hours(2), in: Sample.acme)
      }
      #expect(deleted == 1)
    }
  }
}

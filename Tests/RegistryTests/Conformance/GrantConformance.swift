import Registry
import Testing
import WireFormats

@Suite struct GrantConformance {
  @Test(arguments: StoreKind.allCases)
  func `A grant issues as often as it says`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.grant(uses: 2)) }
      for number in 1...2 { try await store.write { try $0.insert(Sample.use(number), in: Sample.acme) } }
      await #expect(throws: StoreError.conflict("the grant is used up, revoked or closed")) {
        try await store.write { try $0.insert(Sample.use(3), in: Sample.acme) }
      }
      var expected = Sample.grant(uses: 2)
      expected.issued = 2
      #expect(try await store.read { try $0.grant(Sample.grantName, in: Sample.acme) } == expected)
      let use = try await store.read {
        try $0.grantUse(of: Sample.grantName, keyHash: Sample.hash("key 2"), in: Sample.acme)
      }
      #expect(use == Sample.use(2))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A key that is there already is not counted, even if the body goes on`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.grant(uses: 5))
        try writer.insert(Sample.use(1), in: Sample.acme)
        do {
          try writer.insert(Sample.use(1), in: Sample.acme)
          Issue.record("a second use of one key was taken")
        } catch StoreError.duplicate {
          try writer.count(.repeated, of: Sample.grantName, in: Sample.acme)
        }
        try writer.count(.refused, of: Sample.grantName, in: Sample.acme)
      }
      let grant = try await store.read { try $0.grant(Sample.grantName, in: Sample.acme) }
      #expect(grant?.issued == 1 && grant?.repeated == 1 && grant?.refused == 1)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A revoked grant issues nothing and keeps its first revocation`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.grant(uses: 5))
        try writer.revokeGrant(Sample.grantName, at: Sample.start, in: Sample.acme)
        try writer.revokeGrant(Sample.grantName, at: Sample.start + .days(1), in: Sample.acme)
      }
      #expect(try await store.read { try $0.grant(Sample.grantName, in: Sample.acme) }?.revokedAt == Sample.start)
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Sample.use(1), in: Sample.acme) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Grants are listed by name, page by page`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let names = (0..<5).map { Sample.id("g\($0)", GrantName.init(rawValue:)) }
      try await store.write { writer in
        for name in names.reversed() { try writer.insert(Sample.grant(name, uses: 1)) }
      }
      let first = try await store.read { try $0.grants(matching: nil, after: nil, limit: 3, in: Sample.acme) }
      let second = try await store.read { try $0.grants(matching: nil, after: first.next, limit: 3, in: Sample.acme) }
      #expect(first.items.map(\.name) + second.items.map(\.name) == names)
      #expect(first.next != nil && second.next == nil)
    }
  }
}

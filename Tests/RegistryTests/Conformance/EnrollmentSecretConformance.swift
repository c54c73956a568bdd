import Registry
import Testing
import WireFormats

@Suite struct EnrollmentSecretConformance {
  private let device = Sample.deviceID(1)

  private func use(_ text: String, key: String, _ writer: any StoreWriter) throws {
    try writer.useEnrollmentSecret(
      of: device, hash: Sample.hash(text), keyHash: Sample.hash(key), authority: Sample.authority,
      certificate: Sample.serial(1), at: Sample.start, in: Sample.acme)
  }

  @Test(arguments: StoreKind.allCases)
  func `A secret is used once and keeps who used it`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try $0.insert(Sample.secret("one", of: device), in: Sample.acme) }
      try await store.write { try use("one", key: "first", $0) }
      await #expect(throws: StoreError.self) { try await store.write { try use("one", key: "second", $0) } }
      var expected = Sample.secret("one", of: device)
      expected.usedAt = Sample.start
      expected.usedKeyHash = Sample.hash("first")
      expected.usedCertificate = Sample.serial(1)
      expected.usedAuthority = Sample.authority
      let stored = try await store.read {
        try $0.enrollmentSecret(of: device, hash: Sample.hash("one"), in: Sample.acme)
      }
      #expect(stored == expected)
      await #expect(throws: StoreError.missing("secret")) {
        try await store.write { try use("two", key: "first", $0) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Voiding ends what is unused and nothing else`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let voided = try await store.write { writer in
        for text in ["used", "open"] { try writer.insert(Sample.secret(text, of: device), in: Sample.acme) }
        try writer.insert(Sample.secret("of another", of: Sample.deviceID(2)), in: Sample.acme)
        try use("used", key: "k", writer)
        return try writer.voidEnrollmentSecrets(of: device, at: Sample.start, in: Sample.acme)
      }
      #expect(voided == 1)
      await #expect(throws: StoreError.self) { try await store.write { try use("open", key: "k", $0) } }
      let secrets = try await store.read { try $0.enrollmentSecrets(of: device, in: Sample.acme) }
      #expect(secrets.filter { $0.voidedAt != nil }.map(\.secretHash) == [Sample.hash("open")])
      let rest = try await store.write {
        try $0.voidEnrollmentSecrets(of: nil, at: Sample.start, in: Sample.acme)
      }
      #expect(rest == 1)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A sealed secret is found by its digest alone, and voiding forgets what was sealed`(
    _ kind: StoreKind
  ) async throws {
    try await kind.withStore { store in
      var sealed = Sample.secret("one", of: device)
      sealed.sealed = [1, 2, 3]
      try await store.write { [sealed] in try $0.insert(sealed, in: Sample.acme) }
      let found = try await store.read { try $0.enrollmentSecret(hash: Sample.hash("one"), in: Sample.acme) }
      #expect(found == sealed)
      #expect(try await store.read { try $0.enrollmentSecret(hash: Sample.hash("two"), in: Sample.acme) } == nil)
      _ = try await store.write { try $0.voidEnrollmentSecrets(of: device, at: Sample.start, in: Sample.acme) }
      let voided = try await store.read { try $0.enrollmentSecret(hash: Sample.hash("one"), in: Sample.acme) }
      #expect(voided?.voidedAt == Sample.start)
      #expect(voided?.sealed == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `The same secret twice for one device is a duplicate`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.insert(Sample.secret("one", of: device), in: Sample.acme)
        do {
          try writer.insert(Sample.secret("one", of: device), in: Sample.acme)
          Issue.record("a duplicate was taken")
        } catch StoreError.duplicate {
          // A body may go on after it.
        }
      }
      #expect(try await store.read { try $0.enrollmentSecrets(of: device, in: Sample.acme) }.count == 1)
    }
  }
}

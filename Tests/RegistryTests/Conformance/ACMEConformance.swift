import Registry
import Testing
import WireFormats

/// What ACME keeps between messages.
@Suite struct ACMEConformance {
  private static func id(_ text: String) -> ACMEObjectID { ACMEObjectID(rawValue: text) ?? sample }
  private static var sample: ACMEObjectID {
    var random = SystemRandomNumberGenerator()
    return ACMEObjectID(at: Sample.start, random: &random)
  }
  private static let profile = ProfileName(rawValue: "server")

  private static func account(_ name: String, key: Int = 1) throws -> ACMEAccountRecord {
    ACMEAccountRecord(
      id: id(name), profile: try #require(profile), thumbprint: Sample.hash("key \(key)"), publicKey: [1, 2],
      contacts: ["mailto:a@example.com", "mailto:b@example.com"],
      binding: .init(name: "PUMP-1", secretHash: Sample.hash("secret")), createdAt: Sample.start)
  }

  private static func order(
    _ name: String, of account: String = "a", status: ACMEOrderRecord.Status = .pending, replaces: String? = nil,
    expires: Span = .days(1)
  ) throws -> ACMEOrderRecord {
    ACMEOrderRecord(
      id: id(name), account: id(account), profile: try #require(profile), status: status,
      identifiers: [ACMEIdentifier(.dns, "a.example"), ACMEIdentifier(.permanentIdentifier, "PUMP 1/1.2.3")],
      replaces: replaces, createdAt: Sample.start, expiresAt: Sample.start + expires)
  }

  @Test(arguments: StoreKind.allCases)
  func `A key has one account a profile, and may change`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let account = try Self.account("a")
      try await store.write { writer throws in
        try writer.insert(account, in: Sample.acme)
        try writer.insert(account, in: Sample.other)
      }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Self.account("b"), in: Sample.acme) }
      }
      var changed = account
      (changed.thumbprint, changed.publicKey) = (Sample.hash("key 2"), [3])
      (changed.status, changed.contacts, changed.binding) = (.deactivated, [], nil)
      try await store.write { [changed] writer throws in
        try writer.update(changed, in: Sample.acme)
        #expect(throws: StoreError.missing("account")) { try writer.update(Self.account("z"), in: Sample.acme) }
      }
      try await store.read { [changed] reader throws in
        #expect(try reader.acmeAccount(Self.id("a"), in: Sample.acme) == changed)
        #expect(
          try reader.acmeAccount(thumbprint: Sample.hash("key 1"), profile: account.profile, in: Sample.acme) == nil)
        #expect(
          try reader.acmeAccount(thumbprint: Sample.hash("key 1"), profile: account.profile, in: Sample.other)
            == account)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Orders are found by account, names, certificate and what they replace`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      var valid = try Self.order("o2", status: .valid, replaces: "aki.serial")
      valid.outcome = .init(authority: Sample.authority, serial: Sample.serial(5))
      valid.request = [9, 9]
      try await store.write { [valid] writer throws in
        for name in ["o1", "o3"] { try writer.insert(Self.order(name), in: Sample.acme) }
        try writer.insert(valid, in: Sample.acme)
        try writer.insert(Self.order("o9", status: .valid), in: Sample.other)
      }
      // RFC 9773 §5: honored once; an order that failed does not count.
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(Self.order("o4", replaces: "aki.serial"), in: Sample.acme) }
      }
      try await store.write { [valid] writer throws in
        var failed = valid
        (failed.status, failed.problem) = (.invalid, "{}")
        try writer.update(failed, in: Sample.acme)
        try writer.insert(Self.order("o4", replaces: "aki.serial"), in: Sample.acme)
      }
      await #expect(throws: StoreError.self) {
        try await store.write { [valid] in try $0.update(valid, in: Sample.acme) }
      }
      try await store.read { reader throws in
        let all = try reader.acmeOrders(of: Self.id("a"), after: nil, limit: 2, in: Sample.acme)
        #expect(all.map(\.id.rawValue) == ["o1", "o2"])
        let rest = try reader.acmeOrders(of: Self.id("a"), after: Self.id("o2"), limit: 9, in: Sample.acme)
        #expect(rest.map(\.id.rawValue) == ["o3", "o4"])
        let names = try Self.order("x").identifiers
        #expect(try reader.lastACMEOrder(of: Self.id("a"), for: names, in: Sample.acme) == nil)
        #expect(try reader.lastACMEOrder(of: Self.id("a"), for: names, in: Sample.other)?.id.rawValue == "o9")
        #expect(
          try reader.acmeOrder(certificate: Sample.serial(5), authority: Sample.authority, in: Sample.acme)?.id.rawValue
            == "o2")
        #expect(try reader.acmeOrder(replacing: "aki.serial", in: Sample.acme)?.id.rawValue == "o4")
        #expect(try reader.acmeOrder(replacing: "aki.serial", in: Sample.other) == nil)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Validations wait their turn, and go with their order`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      var authorization = ACMEAuthorizationRecord(
        id: Self.id("z1"), order: Self.id("o1"), account: Self.id("a"), identifier: ACMEIdentifier(.dns, "a.example"),
        isWildcard: true, token: "token", expiresAt: Sample.start + .days(1))
      try await store.write { [authorization] writer throws in
        try writer.insert(Self.order("o1"), in: Sample.acme)
        try writer.insert(authorization, in: Sample.acme)
        for (name, due) in [("z1", 5), ("z2", 3), ("z3", 90)] {
          try writer.put(
            ACMEValidationRecord(authorization: Self.id(name), dueAt: Sample.start + .seconds(Int64(due))),
            in: Sample.acme)
        }
        try writer.put(
          ACMEValidationRecord(authorization: Self.id("z2"), attempts: 1, dueAt: Sample.start + .seconds(7)),
          in: Sample.acme)
      }
      (authorization.status, authorization.challenge) = (.valid, .tlsALPN)
      (authorization.validatedAt, authorization.attestedKeyHash) = (Sample.start, [1])
      try await store.write { [authorization] in try $0.update(authorization, in: Sample.acme) }
      try await store.read { [authorization] reader throws in
        let due = try reader.acmeValidations(dueBy: Sample.start + .seconds(10), limit: 9, in: Sample.acme)
        #expect(due.map(\.authorization.rawValue) == ["z1", "z2"])
        #expect(due.map(\.attempts) == [0, 1])
        #expect(try reader.countACMEValidations(in: Sample.acme) == 3)
        #expect(try reader.countACMEValidations(in: Sample.other) == 0)
        #expect(try reader.acmeAuthorization(Self.id("z1"), in: Sample.acme) == authorization)
        #expect(try reader.acmeAuthorizations(ofOrder: Self.id("o1"), in: Sample.acme) == [authorization])
      }
      try await store.write { writer throws in
        try writer.removeACMEValidation(of: Self.id("z3"), in: Sample.acme)
        try writer.useACMENonce([1, 1], in: Sample.acme)
        try writer.useACMENonce([2, 1], in: Sample.acme)
        try writer.useACMENonce([1, 1], in: Sample.other)
        // The order, its authorization and validation, one nonce.
        #expect(
          try writer.sweepACME(expiredBefore: Sample.start + .days(2), noncesBefore: [2], in: Sample.acme) == 4)
      }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.useACMENonce([2, 1], in: Sample.acme) }
      }
      try await store.write { try $0.useACMENonce([1, 1], in: Sample.acme) }
      try await store.read { reader throws in
        #expect(try reader.countACMEValidations(in: Sample.acme) == 1)
        #expect(try reader.acmeOrder(Self.id("o1"), in: Sample.acme) == nil)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `The first key for nonces stays`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer throws in
        #expect(try writer.sealedACMENonceKey(in: Sample.acme) == nil)
        try writer.insertSealedACMENonceKey([1], in: Sample.acme)
        try writer.insertSealedACMENonceKey([2], in: Sample.acme)
        #expect(try writer.sealedACMENonceKey(in: Sample.acme) == [1])
        #expect(try writer.sealedACMENonceKey(in: Sample.other) == nil)
      }
    }
  }
}

import Registry
import Testing
import WireFormats

/// Requests that wait for an operator.
@Suite struct PendingRequestConformance {
  private static let soon = Sample.start + .hours(1)

  @Test(arguments: StoreKind.allCases)
  func `A request is found by its name and by its digest, and lies there once`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let request = Sample.pending(1)
      try await store.write { try $0.insert(request) }
      try await store.read { reader throws in
        #expect(try reader.pendingRequest(request.id, in: Sample.acme) == request)
        #expect(try reader.pendingRequest(digest: request.digest, in: Sample.acme) == request)
        #expect(try reader.countPendingRequests(of: "device:1", in: Sample.acme) == 1)
        #expect(try reader.countPendingRequests(of: "device:2", in: Sample.acme) == 0)
      }
      await #expect(throws: StoreError.self) {
        try await store.write { writer in
          var again = Sample.pending(2)
          again.digest = request.digest
          try writer.insert(again)
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `It is decided once, and issued once after it was approved`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let id = Sample.pending(1).id
      try await store.write { try $0.insert(Sample.pending(1)) }
      await #expect(throws: StoreError.conflict("the request is not approved")) {
        try await store.write { try Self.issue(id, $0) }
      }
      try await store.write { try Self.decide(id, as: .approved, $0) }
      await #expect(throws: StoreError.self) { try await store.write { try Self.decide(id, as: .denied, $0) } }
      try await store.write { try Self.issue(id, $0) }
      await #expect(throws: StoreError.self) { try await store.write { try Self.issue(id, $0) } }
      var expected = Sample.pending(1)
      expected.state = .issued
      (expected.decidedAt, expected.decidedBy, expected.reason) = (Self.soon, "operator:ann", "seen")
      expected.expiresAt = Self.soon + .days(1)
      (expected.authority, expected.certificate) = (Sample.authority, Sample.serial(4))
      let found = try await store.read { try $0.pendingRequest(id, in: Sample.acme) }
      #expect(found == expected)
      await #expect(throws: StoreError.missing("request")) {
        try await store.write { try Self.decide(Sample.pending(9).id, as: .denied, $0) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `What has expired is neither decided nor issued`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let late = Sample.pending(1).id
      try await store.write { writer in
        var request = Sample.pending(1)
        request.expiresAt = Self.soon
        try writer.insert(request)
        try writer.insert(Sample.pending(2))
      }
      await #expect(throws: StoreError.self) {
        try await store.write { try Self.decide(late, as: .approved, $0) }
      }
      let over = try await store.read { try $0.pendingRequests(expiredAt: Self.soon, limit: 9, in: Sample.acme) }
      #expect(over.map(\.id) == [late])
      try await store.write { try $0.deletePendingRequest(late, in: Sample.acme) }
      #expect(try await store.read { try $0.countPendingRequests(of: nil, in: Sample.acme) } == 1)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A list goes on where it stopped and can be narrowed`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 1...5 { try writer.insert(Sample.pending(number)) }
        try Self.decide(Sample.pending(2).id, as: .denied, writer)
      }
      try await store.read { reader throws in
        let first = try reader.pendingRequests(matching: nil, after: nil, limit: 3, in: Sample.acme)
        let rest = try reader.pendingRequests(matching: nil, after: first.next, limit: 3, in: Sample.acme)
        #expect((first.items + rest.items).map(\.id) == (1...5).map { Sample.pending($0).id })
        #expect(rest.next == nil)
        let selection = try Selection(parsing: "state=denied or serial=SN-4", of: .requests, at: Sample.start)
        let some = try reader.pendingRequests(matching: selection, after: nil, limit: 9, in: Sample.acme)
        #expect(some.items.map(\.serial) == ["SN-2", "SN-4"])
      }
    }
  }

  private static func decide(
    _ id: PendingRequestID, as state: PendingRequestRecord.State, _ writer: any StoreWriter
  ) throws {
    try writer.decidePendingRequest(
      id, as: state, by: "operator:ann", reason: "seen", at: soon, expiresAt: soon + .days(1), in: Sample.acme)
  }

  private static func issue(_ id: PendingRequestID, _ writer: any StoreWriter) throws {
    try writer.issuePendingRequest(
      id, authority: Sample.authority, certificate: Sample.serial(4), at: soon, in: Sample.acme)
  }
}

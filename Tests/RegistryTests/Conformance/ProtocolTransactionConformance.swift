import Registry
import Testing
import WireFormats

/// The state of exchanges of several messages.
@Suite struct ProtocolTransactionConformance {
  private static let end = Sample.start + .minutes(5)

  @Test(arguments: StoreKind.allCases)
  func `A transaction is there until it expires, and then its place is free`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let first = Sample.transaction([1], state: [1], until: Self.end)
      try await store.write { try $0.insert(first, now: Sample.start, in: Sample.acme) }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.insert(first, now: Sample.start, in: Sample.acme) }
      }
      try await store.read { reader throws in
        #expect(try Self.find(reader, [1], now: Sample.start) == first)
        #expect(try Self.find(reader, [1], now: Self.end) == nil)
        #expect(try Self.find(reader, [2], now: Sample.start) == nil)
        #expect(
          try reader.protocolTransaction(door: "cmp", identifier: [1], now: Sample.start, in: Sample.acme) == nil)
      }
      let second = Sample.transaction([1], state: [2], until: Self.end + .minutes(5))
      try await store.write { try $0.insert(second, now: Self.end, in: Sample.acme) }
      #expect(try await store.read { try Self.find($0, [1], now: Self.end) } == second)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Only who knows the state goes on with it`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let first = Sample.transaction([1], state: [1], until: Self.end)
      let next = Sample.transaction([1], state: [2], until: Self.end + .minutes(1))
      try await store.write { try $0.insert(first, now: Sample.start, in: Sample.acme) }
      try await store.write { try $0.replace(next, ifStateIs: [1], in: Sample.acme) }
      await #expect(throws: StoreError.conflict("the transaction went on elsewhere")) {
        try await store.write { try $0.replace(next, ifStateIs: [1], in: Sample.acme) }
      }
      await #expect(throws: StoreError.missing("transaction")) {
        try await store.write { try $0.replace(next, ifStateIs: [2], in: Sample.other) }
      }
      #expect(try await store.read { try Self.find($0, [1], now: Self.end) } == next)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Deleting and sweeping take what they name`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in UInt8(1)...3 {
          let until = Sample.start + .minutes(Int64(number))
          try writer.insert(
            Sample.transaction([number], state: [], until: until), now: Sample.start, in: Sample.acme)
        }
        try writer.deleteProtocolTransaction(door: "scep", identifier: [3], in: Sample.other)
        try writer.deleteProtocolTransaction(door: "scep", identifier: [1], in: Sample.acme)
        try writer.deleteProtocolTransaction(door: "scep", identifier: [1], in: Sample.acme)
      }
      let swept = try await store.write {
        try $0.deleteProtocolTransactions(expiredBefore: Sample.start + .minutes(3), in: Sample.acme)
      }
      #expect(swept == 1)
      #expect(try await store.read { try Self.find($0, [3], now: Sample.start) } != nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `What is too large is not taken`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      for (identifier, size) in [(0, 1), (257, 1), (1, 262_145)] {
        let large = Sample.transaction(
          Array(repeating: 1, count: identifier), state: Array(repeating: 0, count: size), until: Self.end)
        await #expect(throws: StoreError.self) {
          try await store.write { try $0.insert(large, now: Sample.start, in: Sample.acme) }
        }
      }
    }
  }

  private static func find(
    _ reader: any StoreReader, _ identifier: [UInt8], now: Instant
  ) throws -> ProtocolTransaction? {
    try reader.protocolTransaction(door: "scep", identifier: identifier, now: now, in: Sample.acme)
  }
}

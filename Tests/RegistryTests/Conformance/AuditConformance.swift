import AuditLog
import Registry
import Testing
import WireFormats

@Suite struct AuditConformance {
  @Test(arguments: StoreKind.allCases)
  func `Entries are numbered in order, and the frontier covers them`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      for number in 0..<3 {
        try await store.write { writer in
          try writer.append(Sample.entry("a.\(number)"), in: Sample.acme)
          try writer.append(Sample.entry("b.\(number)", subject: "grant:g"), in: Sample.acme)
        }
      }
      let records = try await all(store)
      #expect(records.map(\.index) == Array(0..<6))
      #expect(try acts(records) == ["a.0", "b.0", "a.1", "b.1", "a.2", "b.2"])
      try await expectConsistent(store, size: 6)
      let ofGrant = try await store.read {
        try $0.auditEntries(after: 1, limit: 9, subject: "grant:g", in: Sample.acme)
      }
      #expect(ofGrant.map(\.index) == [3, 5])
      let page = try await store.read { try $0.auditEntries(after: 0, limit: 2, subject: nil, in: Sample.acme) }
      #expect(page.map(\.index) == [1, 2])
      let digests = try await store.read { try $0.auditLeafDigests(2..<99, in: Sample.acme) }
      #expect(digests == records[2...].map(\.digest))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Entries are selected, a bounded part of the log at a time`(_ kind: StoreKind) async throws {
    @Sendable func entry(_ number: Int, _ outcome: String, _ details: [String: String] = [:]) -> AuditEntry {
      AuditEntry(
        at: Sample.start + .minutes(Int64(number)), actor: "operator:Ann", door: "rest", act: "device.suspend",
        subject: "device:device-\(number)", outcome: outcome, reason: number == 3 ? "stolen" : nil, details: details)
    }
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 1...3 {
          try writer.insert(Sample.device(number))
          try writer.append(entry(number, number == 2 ? "refused" : "ok", ["code": "c\(number)"]), in: Sample.acme)
        }
        try writer.append(Sample.entry("act.other", subject: "grant:g"), in: Sample.acme)
        try writer.append(entry(2, "ok"), in: Sample.other)
      }
      try await store.write { try $0.eraseAuditEntry(at: 0, in: Sample.acme) }
      for (text, wanted) in [
        ("outcome=refused", [1]), ("act~device.", [1, 2]), ("device=SN-1003", [2]), ("device!=SN-1003", [1, 3]),
        ("device in (SN-1002, SN-1003)", [1, 2]), ("detail.code=c3", [2]), ("reason=stolen", [2]),
        ("subject=grant:g", [3]), ("actor='operator:Ann' and not outcome=ok", [1]),
        ("at<2027-01-15T08:02:30Z", [1, 3]),
        ("at>=2027-01-15T08:03:00Z", [2]), ("door=est", []), ("device=SN-1001", []),
      ] as [(String, [UInt64])] {
        let selection = try Selection(parsing: text, of: .entries, at: Sample.start)
        for within in [100, 1] {
          var (seen, after, pages): ([UInt64], UInt64?, Int) = ([], nil, 0)
          repeat {
            let (entries, reached) = try await store.read { [after] in
              try $0.auditEntries(matching: selection, after: after, limit: 9, within: within, in: Sample.acme)
            }
            seen += entries.map(\.index)
            (after, pages) = (reached, pages + 1)
          } while after != nil && pages < 9
          #expect(seen == wanted, "\(text), \(within) at a time")
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Proofs from the store are those over all leaves`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      for batch in 0..<7 {
        try await store.write { writer in
          for number in 0..<100 { try writer.append(Sample.entry("a.\(batch * 100 + number)"), in: Sample.acme) }
        }
      }
      let leaves = try await all(store).map(\.digest)
      #expect(leaves.count == 700)
      for (index, size) in [(0, 700), (255, 700), (256, 700), (511, 512), (699, 700), (3, 5), (256, 257), (0, 1)] {
        let (path, consistency, root) = try await store.read { reader in
          let root: (Range<UInt64>) throws -> [UInt8] = { try reader.auditRoot(of: $0, in: Sample.acme) }
          return (
            try MerkleProof.inclusion(of: UInt64(index), size: UInt64(size), root: root),
            try MerkleProof.consistency(from: UInt64(index), size: UInt64(size), root: root), try root(0..<UInt64(size))
          )
        }
        let these = Array(leaves.prefix(size))
        #expect(path == MerkleProof.inclusion(of: index, in: these))
        #expect(consistency == MerkleProof.consistency(from: index, in: these))
        #expect(root == MerkleTree.root(these))
      }
      await #expect(throws: StoreError.self) {
        try await store.read { try $0.auditRoot(of: 0..<701, in: Sample.acme) }
      }
      let latest = try await store.read { try $0.latestAuditEntries(2, subject: nil, in: Sample.acme) }
      #expect(latest.map(\.index) == [698, 699])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `A body that throws leaves no entry and no gap`(_ kind: StoreKind) async throws {
    struct Refused: Error {}
    try await kind.withStore { store in
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<60 {
          group.addTask {
            try? await store.write { writer in
              try writer.append(Sample.entry("entry.\(number)"), in: Sample.acme)
              if number % 3 == 0 { throw Refused() }
              try writer.append(Sample.entry("second.\(number)"), in: Sample.acme)
            }
          }
        }
      }
      let acts = try acts(try await all(store))
      let kept = (0..<60).filter { $0 % 3 != 0 }
      #expect(Set(acts) == Set(kept.map { "entry.\($0)" } + kept.map { "second.\($0)" }))
      try await expectConsistent(store, size: 80)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Erasing keeps the leaf and the root`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        for number in 0..<3 { try writer.append(Sample.entry("a.\(number)"), in: Sample.acme) }
      }
      let before = try await all(store)
      try await store.write { try $0.eraseAuditEntry(at: 1, in: Sample.acme) }
      let after = try await all(store)
      #expect(after[1].entry == nil && after[1].salt == nil)
      #expect(after.map(\.digest) == before.map(\.digest))
      #expect(after[0] == before[0] && after[2] == before[2])
      try await expectConsistent(store, size: 3)
      for index: UInt64 in [1, 3, .max] {
        await #expect(throws: StoreError.missing("audit entry")) {
          try await store.write { try $0.eraseAuditEntry(at: index, in: Sample.acme) }
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Checkpoints never shrink nor outgrow the log`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      @Sendable func checkpoint(_ size: UInt64) -> StoredCheckpoint {
        StoredCheckpoint(size: size, root: Sample.hash("\(size)"), note: "note \(size)\n", at: Sample.start)
      }
      try await store.write { writer in
        for number in 0..<5 { try writer.append(Sample.entry("a.\(number)"), in: Sample.acme) }
      }
      for size: UInt64 in [2, 4, 4] { try await store.write { try $0.store(checkpoint(size), in: Sample.acme) } }
      for size: UInt64 in [3, 6] {
        await #expect(throws: StoreError.conflict("checkpoint of size \(size)")) {
          try await store.write { try $0.store(checkpoint(size), in: Sample.acme) }
        }
      }
      #expect(try await store.read { try $0.latestCheckpoint(in: Sample.acme) } == checkpoint(4))
      let stored = try await store.read { try $0.checkpoints(after: nil, limit: 9, in: Sample.acme) }
      #expect(stored == [checkpoint(2), checkpoint(4)])
      #expect(try await store.read { try $0.checkpoints(after: 2, limit: 9, in: Sample.acme) } == [checkpoint(4)])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Each organization has a log of its own`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try writer.append(Sample.entry("a.0"), in: Sample.acme)
        try writer.append(Sample.entry("o.0"), in: Sample.other)
        try writer.append(Sample.entry("a.1"), in: Sample.acme)
      }
      try await expectConsistent(store, size: 2)
      let records = try await all(store, in: Sample.other)
      #expect(records.map(\.index) == [0])
      #expect(try acts(records) == ["o.0"])
    }
  }

  private func all(
    _ store: any Store, in organization: OrganizationID = Sample.acme
  ) async throws -> [AuditLogRecord] {
    try await store.read { try $0.auditEntries(after: nil, limit: 1000, subject: nil, in: organization) }
  }

  private func acts(_ records: [AuditLogRecord]) throws -> [String] {
    try records.map { try AuditEntry(decoding: try #require($0.entry)).act }
  }

  /// Sizes, indexes and digests agree, and the frontier is the one over exactly these leaves.
  private func expectConsistent(_ store: any Store, size: UInt64) async throws {
    let records = try await all(store)
    #expect(records.map(\.index) == Array(0..<size))
    var frontier = MerkleFrontier()
    for record in records {
      if let salt = record.salt, let entry = record.entry {
        #expect(AuditLeaf.digest(salt: salt, entry: entry) == record.digest)
      }
      frontier.append(record.digest)
    }
    let stored = try await store.read { try $0.auditFrontier(in: Sample.acme) }
    #expect(stored == frontier)
    #expect(try await store.read { try $0.auditSize(in: Sample.acme) } == size)
  }
}

import Registry
import Testing
import WireFormats

@Suite struct BulkActConformance {
  static let id = Sample.id("act-1", BulkActID.init(rawValue:))

  static func act(_ id: BulkActID = id) -> BulkActRecord {
    BulkActRecord(
      id: id, organization: Sample.acme, act: "device.suspend", selection: "product=pump",
      parameters: ["reason": "stolen"], createdAt: Sample.start, actorName: "Ann", actorRole: .operator,
      actorFingerprint: Sample.hash("ann"))
  }

  @Test(arguments: StoreKind.allCases)
  func `Members are chosen once and stay`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let filter = DeviceFilter(selection: try Selection(parsing: "product=pump", of: .devices, at: Sample.start))
      let chosen = try await store.write { writer in
        try SelectionConformance.fill(writer)
        try writer.insert(Self.act())
        let (members, digest) = try writer.choose(devices: filter, upTo: 100, for: Self.id, in: Sample.acme)
        var act = Self.act()
        (act.members, act.membersDigest) = (members, digest)
        try writer.update(act)
        return act
      }
      #expect(chosen.members == 3)
      let lines = [0, 2, 4].map { "\(Sample.deviceID($0))\n" }.joined()
      #expect(chosen.membersDigest == Sample.hash(lines))
      // Another pump comes later, and is no member.
      try await store.write { writer in
        var late = Sample.device(9, serial: "A-9")
        late.product = "pump"
        try writer.insert(late)
        try writer.refuse(2, of: Self.id, because: "retired", in: Sample.acme)
      }
      let members = try await store.read { try $0.bulkMembers(of: Self.id, after: 0, limit: 10, in: Sample.acme) }
      #expect(members.map(\.position) == [1, 2, 3])
      #expect(members.map(\.subject) == [0, 2, 4].map { .device(Sample.deviceID($0)) })
      #expect(members.map(\.refusal) == [nil, "retired", nil])
      #expect(try await store.read { try $0.bulkAct(Self.id, in: Sample.acme) } == chosen)
      #expect(try await store.read { try $0.bulkAct(Self.id, in: Sample.other) } == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Grants are members too, and nobody else's`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      let selection = try Selection(parsing: "lot=L7", of: .grants, at: Sample.start)
      let (members, digest) = try await store.write { writer in
        try writer.insert(Sample.grant(uses: 1))
        try writer.insert(Sample.grant(Sample.id("line-4", GrantName.init(rawValue:)), uses: 1))
        try writer.insert(Sample.grant(Sample.id("line-5", GrantName.init(rawValue:)), in: Sample.other, uses: 1))
        try writer.insert(Self.act())
        return try writer.choose(grants: selection, upTo: 9, for: Self.id, in: Sample.acme)
      }
      #expect(members == 2 && digest == Sample.hash("line-3\nline-4\n"))
      let read = try await store.read { try $0.bulkMembers(of: Self.id, after: 0, limit: 9, in: Sample.acme) }
      #expect(read.map(\.subject) == ["line-3", "line-4"].map { .grant(Sample.id($0, GrantName.init(rawValue:))) })
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `What was never started is forgotten, and the rest is found by its devices`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try SelectionConformance.fill(writer)
        let filter = DeviceFilter(lot: "L1")
        for name in ["act-1", "act-2"] {
          var act = Self.act(Sample.id(name, BulkActID.init(rawValue:)))
          try writer.insert(act)
          (act.members, act.membersDigest) = try writer.choose(devices: filter, upTo: 9, for: act.id, in: Sample.acme)
          if name == "act-2" { (act.state, act.startedAt, act.processed) = (.running, Sample.start, 1) }
          try writer.update(act)
        }
      }
      #expect(try await store.read { try $0.runningBulkActs(in: Sample.acme) }.map(\.rawValue) == ["act-2"])
      let touching = try await store.read { try $0.bulkActs(touching: Sample.deviceID(1), in: Sample.acme) }
      #expect(touching.map(\.rawValue) == ["act-2"])
      let now = Sample.start
      #expect(try await store.write { try $0.deleteBulkActs(preparedBefore: now, in: Sample.acme) } == 0)
      #expect(try await store.write { try $0.deleteBulkActs(preparedBefore: now + .hours(2), in: Sample.acme) } == 1)
      let page = try await store.read { try $0.bulkActs(after: nil, limit: 9, in: Sample.acme) }
      #expect(page.items.map(\.id.rawValue) == ["act-2"])
    }
  }
}

import AuditLog
import Registry
import Testing
import WireFormats

@Suite struct FleetConformance {
  @Test(arguments: StoreKind.allCases)
  func `Counts follow every change of state`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try SelectionConformance.fill($0) }
      #expect(try await counts(store) == [.active: 4, .suspended: 1, .registered: 1])
      try await store.write { writer in
        for (number, state) in [(0, DeviceRecord.State.retired), (1, .active)] {
          guard var device = try writer.device(Sample.deviceID(number), in: Sample.acme) else { continue }
          device.state = state
          try writer.update(device)
        }
        try writer.recordContact(
          of: Sample.deviceID(5), at: Sample.start, door: "est", renewalDueAt: nil,
          expiresAt: Sample.start + .days(7), in: Sample.acme)
        try writer.insert(Sample.device(1, in: Sample.other))
      }
      #expect(try await counts(store) == [.active: 5, .suspended: 0, .registered: 0, .retired: 1])
      let stored = try await store.read { try $0.device(Sample.deviceID(5), in: Sample.acme) }
      #expect(stored?.expiresAt == Sample.start + .days(7))
      // A body that fails counts nothing.
      try? await store.write { writer in
        try writer.insert(Sample.device(77, serial: "X"))
        throw StoreError.conflict("no")
      }
      #expect(try await counts(store)[.registered] == 0)
    }
  }

  private func counts(_ store: any Store) async throws -> [DeviceRecord.State: Int] {
    try await store.read { try $0.deviceCounts(in: Sample.acme) }
  }

  @Test(arguments: StoreKind.allCases)
  func `Overdue and expiring devices are counted up to a bound`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { try SelectionConformance.fill($0) }
      try await store.read { reader throws in
        let now = Sample.start
        #expect(try reader.countDevices(overdueAt: now, upTo: 9, in: Sample.acme) == Tally(count: 2, isAtLeast: false))
        #expect(try reader.countDevices(overdueAt: now, upTo: 1, in: Sample.acme) == Tally(count: 1, isAtLeast: true))
        #expect(
          try reader.countDevices(expiringIn: now..<now + .hours(40), upTo: 9, in: Sample.acme)
            == Tally(count: 2, isAtLeast: false))
        #expect(try reader.countDevices(overdueAt: now, upTo: 9, in: Sample.other).count == 0)
        #expect(try reader.storeSize() > 4096)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `Devices are counted by state, product and profile`(_ kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.write { writer in
        try SelectionConformance.fill(writer)
        try writer.insert(Sample.device(20, in: Sample.other, serial: "O-1"))
      }
      for (text, wanted) in [
        ("serial~A-", ["active pump 2", "suspended valve 1"]), ("authority=operational-1", ["active pump 1"]),
        ("authority!=operational-1 and product!=pump", ["active valve 1", "registered - 1", "suspended valve 1"]),
      ] {
        let selection = try Selection(parsing: text, of: .devices, at: Sample.start)
        let groups = try await store.read { try $0.groups(of: DeviceFilter(selection: selection), in: Sample.acme) }
        #expect(groups.map { "\($0.state) \($0.product ?? "-") \($0.count)" }.sorted() == wanted, "\(text)")
        #expect(groups.allSatisfy { $0.profile == Sample.profile })
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `What the log holds is counted by its ten minutes`(_ kind: StoreKind) async throws {
    @Sendable func entry(_ outcome: String, _ code: String?, _ at: Instant) -> AuditEntry {
      AuditEntry(
        at: at, actor: "device:1", door: "est", act: "certificate.issue", subject: "device:1", outcome: outcome,
        details: code.map { ["code": $0] } ?? [:])
    }
    try await kind.withStore { store in
      let now = Sample.start
      try await store.write { writer in
        for _ in 0..<3 { try writer.append(entry("refused", "suspended", now), in: Sample.acme) }
        try writer.append(entry("refused", "suspended", now - .hours(5)), in: Sample.acme)
        try writer.append(entry("ok", nil, now), in: Sample.acme)
      }
      try await store.write { try $0.append(entry("refused", "suspended", now), in: Sample.acme) }
      let counted = try await store.read { reader in
        try [Span.hours(1), .hours(24)].map { try reader.activity(since: now - $0, in: Sample.acme) }
      }
      #expect(counted[0].map(\.count) == [1, 4] && counted[1].map(\.count) == [1, 5])
      #expect(counted[0].map(\.code) == ["", "suspended"])
      // A month later the old counts are gone.
      try await store.write { try $0.append(entry("ok", nil, now + .days(40)), in: Sample.acme) }
      let all = try await store.read { try $0.activity(since: Instant(seconds: 0) + .days(1), in: Sample.acme) }
      #expect(all.map(\.count) == [1])
    }
  }
}

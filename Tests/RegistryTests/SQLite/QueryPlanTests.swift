import GRDB
import Registry
import Testing
import WireFormats

/// Lists are led by an index, and no page of them sorts or walks the whole table.
@Suite struct QueryPlanTests {
  @Test(arguments: [
    ("serial=A", "devices_serial"), ("serial~A-", "devices_serial"), ("label.batch=42", "PRIMARY KEY"),
    ("product=pump and label.batch=42 and overdue>2d", "PRIMARY KEY"), ("lot=7", "devices_lot"),
    ("product=pump", "devices_product"), ("hardware_revision=B", "devices_hardware"),
    ("state=suspended", "devices_standing"), ("overdue", "devices_renewal"), ("expires<7d", "devices_expiry"),
    ("registered>=2026-01-01 and registered<2026-02-01", "devices_registered"), ("profile=server", "devices_profile"),
    ("not lot=7", "devices_serial"), ("key=0a", "sqlite_autoindex_devices_1"),
    ("last_contact>30d", "devices_contact"), ("authority=operational-1", "COVERING INDEX certificates_device"),
  ])
  func `A page of devices`(_ text: String, _ index: String) async throws {
    try await withSQLiteStore { store, _ in
      let selection = try Selection(parsing: text, of: .devices, at: Sample.start)
      let plan = try Self.plan(store) {
        _ = try $0.devices(
          matching: DeviceFilter(selection: selection), after: nil, limit: 10, in: Sample.acme)
      }
      #expect(plan.contains { $0.contains(index) }, "\(text): \(plan)")
      #expect(!plan.contains { $0.hasPrefix("SCAN devices") }, "\(text): \(plan)")
      // A key's few devices are sorted; everything else comes in order.
      #expect(text.hasPrefix("key") || !plan.contains { $0.contains("TEMP B-TREE") }, "\(text): \(plan)")
    }
  }

  @Test(arguments: [
    ("product=pump", "devices_product"), ("label.batch=42", "certificates_device"),
    ("expires<7d", "certificates_expiry"), ("key=0a", "certificates_key"),
  ])
  func `A page of certificates`(_ text: String, _ index: String) async throws {
    try await withSQLiteStore { store, _ in
      let selection = try Selection(parsing: text, of: .certificates, at: Sample.start)
      let plan = try Self.plan(store) {
        _ = try $0.certificates(
          matching: CertificateFilter(selection: selection), after: nil, limit: 10, in: Sample.acme)
      }
      #expect(plan.contains { $0.contains(index) }, "\(text): \(plan)")
      #expect(!plan.contains { $0.hasPrefix("SCAN devices") }, "\(text): \(plan)")
    }
  }

  @Test func `Counts read an index alone`() async throws {
    try await withSQLiteStore { store, _ in
      let plan = try Self.plan(store) { reader in
        _ = try reader.countDevices(overdueAt: Sample.start, upTo: 9, in: Sample.acme)
        _ = try reader.countDevices(
          expiringIn: Sample.start..<Sample.start + .days(1), upTo: 9, in: Sample.acme)
        _ = try reader.runningBulkActs(in: Sample.acme)
        _ = try reader.deviceCounts(in: Sample.acme)
      }
      let searches = plan.filter { $0.hasPrefix("S") }
      #expect(searches.filter { $0.contains("COVERING INDEX") || $0.contains("PRIMARY KEY") }.count >= 4, "\(plan)")
      #expect(!plan.contains { $0.hasPrefix("SCAN devices") }, "\(plan)")
    }
  }

  /// Every renewal asks, so it must cost one look.
  @Test func `What is revoked of a device is found by its index`() async throws {
    try await withSQLiteStore { store, _ in
      let plan = try Self.plan(store) { _ = try $0.hasRevokedCertificates(Sample.deviceID(1), in: Sample.acme) }
      #expect(plan == ["SEARCH certificates USING INDEX certificates_device_revoked (device=?)"])
    }
  }

  /// A page of the log that no index leads walks a bounded part of it, and one by subject or device an index.
  @Test(arguments: [
    ("act=device.add and at>=2026-01-01", "e USING PRIMARY KEY (organization=? AND position>? AND position<?)"),
    ("subject=device:1 and outcome=ok", "audit_entries_subject"), ("device=SN-1", "audit_entries_subject"),
  ])
  func `A page of the log`(_ text: String, _ index: String) async throws {
    try await withSQLiteStore { store, _ in
      let selection = try Selection(parsing: text, of: .entries, at: Sample.start)
      let plan = try Self.plan(store) {
        _ = try $0.auditEntries(matching: selection, after: nil, limit: 10, within: 100, in: Sample.acme)
      }
      #expect(plan.contains { $0.contains(index) }, "\(text): \(plan)")
      #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(text): \(plan)")
    }
  }

  /// All devices of an authority are counted without a sort, which would hold them all in memory.
  @Test func `A report over all devices sorts nothing`() async throws {
    try await withSQLiteStore { store, _ in
      let selection = try Selection(parsing: "authority in (a, b)", of: .devices, at: Sample.start)
      let plan = try Self.plan(store) {
        _ = try $0.groups(of: DeviceFilter(selection: selection), in: Sample.acme)
      }
      #expect(plan.contains { $0.contains("COVERING INDEX certificates_device") }, "\(plan)")
      #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.contains("LIST SUBQUERY") }, "\(plan)")
    }
  }

  /// The plans of the statements that a body runs.
  private static func plan(_ store: SQLiteStore, _ body: @escaping (any StoreReader) throws -> Void) throws -> [String]
  {
    try store.withTracedReader { database, reader, traced in
      try body(reader)
      return try traced().flatMap { sql in
        try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql).map { row -> String in row["detail"] }
      }
    }
  }
}

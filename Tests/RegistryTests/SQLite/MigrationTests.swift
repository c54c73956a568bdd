import Foundation
import GRDB
import Registry
import Testing
import WireFormats

/// One file for each released schema, as that version wrote it.
@Suite struct MigrationTests {
  /// 0001 has three entries in its log, and later ones what `SchemaSample` adds.
  @Test(arguments: ["schema-0001", "schema-0007"])
  func `A released schema's file is opened and migrated`(_ name: String) async throws {
    let resource = try #require(Bundle.module.url(forResource: name, withExtension: "sqlite"))
    try await withTemporaryFolder { folder in
      let path = folder + "/touchmark.sqlite"
      try FileManager.default.copyItem(atPath: resource.path, toPath: path)
      let store = try SQLiteStore(path: path, options: SQLiteOptions(environment: [:]))
      try await store.read { reader throws in
        #expect(try reader.organizations() == [Sample.organization()])
        var device = Sample.device(1, labels: ["site": "north"])
        // 0004 found it out; later versions write it with a contact, and this device had none.
        if name == "schema-0001" { device.expiresAt = Sample.certificate(1).notAfter }
        #expect(try reader.device(Sample.deviceID(1), in: Sample.acme) == device)
        #expect(
          try reader.devices(matching: DeviceFilter(labels: ["site": "north"]), after: nil, limit: 9, in: Sample.acme)
            .items == [device])
        #expect(try reader.deviceCounts(in: Sample.acme) == [.registered: 1])
        #expect(
          try reader.certificate(authority: Sample.authority, serial: Sample.serial(1), in: Sample.acme)
            == Sample.certificate(1, device: Sample.deviceID(1)))
        #expect(try reader.grantUse(of: Sample.grantName, keyHash: Sample.hash("key 1"), in: Sample.acme) != nil)
        #expect(try reader.profile(Sample.profile, in: Sample.acme) == Sample.profileRecord(version: 1))
        #expect(try reader.administrators(in: Sample.acme).first == Sample.administrator("ann"))
        #expect(try reader.trustAnchors(in: Sample.acme) == [Sample.anchor("widgets")])
        #expect(try reader.revocationList(of: Sample.authority, in: Sample.acme) == Sample.list(number: 1))
        guard name == "schema-0001" else { return try SchemaSample.check(reader) }
        #expect(try reader.auditSize(in: Sample.acme) == 3)
        #expect(try reader.auditFrontier(in: Sample.acme).size == 3)
      }
      try await store.write { try $0.append(Sample.entry("after"), in: Sample.acme) }
      await store.close()
    }
  }

  @Test(arguments: ["schema-0001", "schema-0007"])
  func `A fresh file has the schema of a migrated one`(_ name: String) async throws {
    let resource = try #require(Bundle.module.url(forResource: name, withExtension: "sqlite"))
    try await withTemporaryFolder { folder in
      let migrated = folder + "/migrated.sqlite"
      try FileManager.default.copyItem(atPath: resource.path, toPath: migrated)
      let schemas = try [migrated, folder + "/fresh.sqlite"].map { path in
        try SQLiteStore(path: path, options: SQLiteOptions(environment: [:])).withWriterConnection {
          try String.fetchAll($0, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        }
      }
      #expect(schemas[0] == schemas[1])
      #expect(schemas[0].count > 15)
    }
  }

  /// Writes the file for the current schema where TOUCHMARK_WRITE_SCHEMA says; run once for each released schema.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOUCHMARK_WRITE_SCHEMA"] != nil))
  func `Write the current schema's file`() async throws {
    let path = try #require(ProcessInfo.processInfo.environment["TOUCHMARK_WRITE_SCHEMA"])
    let store = try SQLiteStore(path: path, options: SQLiteOptions(environment: [:]))
    try await store.write { writer in
      let device = Sample.device(1, labels: ["site": "north"])
      try writer.insert(Sample.organization())
      try writer.insert(Sample.authority())
      try writer.insert(device)
      try writer.insert(Sample.secret("one", of: device.id), in: Sample.acme)
      try writer.insert(Sample.certificate(1, device: device.id))
      try writer.insert(Sample.grant(uses: 3))
      try writer.insert(Sample.use(1), in: Sample.acme)
      try writer.insert(Sample.profileRecord(version: 1), in: Sample.acme)
      try writer.insert(Sample.administrator("ann"))
      try writer.insert(Sample.anchor("widgets"), in: Sample.acme)
      _ = try writer.takeCRLNumber(of: Sample.authority, in: Sample.acme)
      try writer.store(Sample.list(number: 1), in: Sample.acme)
      for number in 0..<3 { try writer.append(Sample.entry("a.\(number)"), in: Sample.acme) }
      try SchemaSample.fill(writer)
    }
    await store.close()
  }
}

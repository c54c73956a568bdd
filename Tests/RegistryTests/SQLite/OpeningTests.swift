import Foundation
import GRDB
import Registry
import Testing
import WireFormats

@Suite struct OpeningTests {
  private static let bothHooks = ["TOUCHMARK_TEST_HOOKS": "1", "TOUCHMARK_TEST_SYNCHRONOUS": "OFF"]

  @Test(arguments: [
    ([:], 2), (["TOUCHMARK_TEST_SYNCHRONOUS": "OFF"], 2), (["TOUCHMARK_TEST_HOOKS": "1"], 2),
    (["TOUCHMARK_TEST_HOOKS": "0", "TOUCHMARK_TEST_SYNCHRONOUS": "OFF"], 2), (bothHooks, 0),
  ])
  func `The writer syncs every commit unless both hooks say otherwise`(
    _ environment: [String: String], _ expected: Int
  ) async throws {
    try await withSQLiteStore(options: SQLiteOptions(environment: environment)) { store, _ in
      // Asked of the writer: a reader would report its own value.
      let (synchronous, mode) = try store.withWriterConnection {
        (try Int.fetchOne($0, sql: "PRAGMA synchronous"), try String.fetchOne($0, sql: "PRAGMA journal_mode"))
      }
      #expect(synchronous == expected)
      #expect(mode == "wal")
      try await store.write { try $0.insert(Sample.device(1)) }
      let after = try store.withWriterConnection { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
      #expect(after == expected)
    }
  }

  @Test func `What was written is there after opening again`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/touchmark.sqlite"
      for number in 0..<3 {
        let store = try SQLiteStore(path: path, options: SQLiteOptions(environment: [:]))
        try await store.write { writer in
          try writer.insert(Sample.device(number))
          try writer.append(Sample.entry("a.\(number)"), in: Sample.acme)
        }
        let (devices, entries) = try await store.read {
          (try $0.countDevices(matching: DeviceFilter(), in: Sample.acme), try $0.auditSize(in: Sample.acme))
        }
        #expect(devices == number + 1 && entries == UInt64(number + 1))
        await store.close()
      }
    }
  }

  @Test func `A closed store says so, and what was queued is written`() async throws {
    try await withSQLiteStore { store, path in
      let write: @Sendable (any StoreWriter) throws -> Void = { try $0.insert(Sample.device(1)) }
      let outcomes = await Gate().together(store, [write]) {
        Task { await store.close() }
      }
      #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
      await store.close()
      await #expect(throws: StoreError.unavailable(reason: "the store is closed")) {
        try await store.write { try $0.insert(Sample.device(2)) }
      }
      await #expect(throws: StoreError.self) {
        try await store.read { _ = try $0.device(Sample.deviceID(1), in: Sample.acme) }
      }
      let copy = try SQLiteStore.openForReading(path: path)
      #expect(try await copy.read { try $0.device(Sample.deviceID(1), in: Sample.acme) } != nil)
    }
  }

  @Test func `Opened for reading it never writes, beside a writer or on a copy`() async throws {
    try await withSQLiteStore { store, path in
      try await store.write { try $0.insert(Sample.device(1)) }
      let beside = try SQLiteStore.openForReading(path: path)
      #expect(try await beside.read { try $0.device(Sample.deviceID(1), in: Sample.acme) } == Sample.device(1))
      try await store.write { try $0.insert(Sample.device(2)) }
      #expect(try await beside.read { try $0.device(Sample.deviceID(2), in: Sample.acme) } != nil)
      await #expect(throws: StoreError.unavailable(reason: "the store is open for reading only")) {
        try await beside.write { try $0.insert(Sample.device(3)) }
      }
      await beside.close()
      await store.close()
      let copy = path + ".copy"
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      let before = try Data(contentsOf: URL(fileURLWithPath: copy))
      let offline = try SQLiteStore.openForReading(path: copy)
      #expect(try await offline.read { try $0.countDevices(matching: DeviceFilter(), in: Sample.acme) } == 2)
      await offline.close()
      #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == before)
    }
  }

  @Test func `A missing file is not made by opening for reading`() async throws {
    try await withTemporaryFolder { folder in
      #expect(throws: StoreError.self) { try SQLiteStore.openForReading(path: folder + "/none.sqlite") }
      #expect(!FileManager.default.fileExists(atPath: folder + "/none.sqlite"))
    }
  }

  @Test func `No database is refused, by both ways to open`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/touchmark.sqlite"
      try Data(repeating: 0x41, count: 9000).write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
      #expect(throws: StoreError.self) { try SQLiteStore.openForReading(path: path) }
      #expect(throws: StoreError.self) { try SQLiteStore(path: folder + "/none/touchmark.sqlite") }
    }
  }

  @Test func `A file of a newer version is refused and stays as it is`() async throws {
    try await withSQLiteStore { store, path in
      try store.withWriterConnection {
        try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('9999')")
      }
      await store.close()
      let expected = StoreError.unavailable(reason: "the database was written by a newer version of this program")
      #expect(throws: expected) { try SQLiteStore(path: path) }
      #expect(throws: expected) { try SQLiteStore.openForReading(path: path) }
    }
  }

  @Test(arguments: [
    "UPDATE devices SET profile = 'no profile'", "UPDATE devices SET labels = '[1]'",
    "UPDATE devices SET kind = 'robot'", "UPDATE devices SET replaces = ''",
  ])
  func `A row that was changed by hand throws and does not trap`(_ sql: String) async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.insert(Sample.device(1)) }
      try store.withWriterConnection { try $0.execute(sql: sql) }
      await #expect {
        try await store.read { _ = try $0.device(Sample.deviceID(1), in: Sample.acme) }
      } throws: {
        if case StoreError.malformed = $0 { true } else { false }
      }
    }
  }

  @Test(arguments: [
    "UPDATE audit_frontiers SET size = -1", "UPDATE audit_frontiers SET frontier = x'00'",
    "UPDATE audit_frontiers SET frontier = x'0000000000000000'",
  ])
  func `A log whose frontier was changed takes no more entries`(_ sql: String) async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.append(Sample.entry("a"), in: Sample.acme) }
      try store.withWriterConnection { try $0.execute(sql: sql) }
      guard !sql.contains("size") else {
        await #expect(throws: StoreError.self) { try await store.read { _ = try $0.auditSize(in: Sample.acme) } }
        return
      }
      await #expect(throws: StoreError.self) {
        try await store.write { try $0.append(Sample.entry("b"), in: Sample.acme) }
      }
    }
  }
}

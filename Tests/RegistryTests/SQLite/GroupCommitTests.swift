import AuditLog
import GRDB
import Registry
import Synchronization
import Testing
import WireFormats

@Suite struct GroupCommitTests {
  struct Refused: Error {}

  private func insertions(_ numbers: Range<Int>) -> [@Sendable (any StoreWriter) throws -> Void] {
    numbers.map { number in
      { writer in
        try writer.insert(Sample.device(number))
        try writer.append(Sample.entry("device.add", subject: "device:\(number)"), in: Sample.acme)
      }
    }
  }

  @Test func `Whatever queued during one commit shares the next`() async throws {
    try await withSQLiteStore { store, _ in
      let outcomes = await Gate().together(store, insertions(0..<200))
      #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
      #expect(store.commits == 2)
      #expect(try await store.read { try $0.countDevices(matching: DeviceFilter(), in: Sample.acme) } == 200)
      let entries = try await store.read {
        try $0.auditEntries(after: nil, limit: 300, subject: nil, in: Sample.acme)
      }
      #expect(entries.map(\.index) == Array(0..<200))
    }
  }

  @Test func `A batch has its limit`() async throws {
    var options = SQLiteOptions(environment: [:])
    options.batchLimit = 8
    try await withSQLiteStore(options: options) { store, _ in
      _ = await Gate().together(store, insertions(0..<20))
      #expect(store.commits == 1 + 3)
    }
  }

  @Test func `A full queue refuses at once and takes again later`() async throws {
    var options = SQLiteOptions(environment: [:])
    options.queueCapacity = 3
    try await withSQLiteStore(options: options) { store, _ in
      let refused = Mutex<StoreError?>(nil)
      let outcomes = await Gate().together(store, insertions(0..<3)) {
        // The held body waits in no queue any more; three others fill it.
        do { try await store.write { try $0.insert(Sample.device(99)) } } catch {
          refused.withLock { $0 = error as? StoreError }
        }
      }
      #expect(refused.withLock { $0 } == .busy)
      #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
      try await store.write { try $0.insert(Sample.device(99)) }
      #expect(try await store.read { try $0.countDevices(matching: DeviceFilter(), in: Sample.acme) } == 4)
    }
  }

  @Test func `A failed commit fails all of its batch and keeps nothing`() async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.append(Sample.entry("before"), in: Sample.acme) }
      let observer = FailingCommit()
      try store.withWriterConnection { $0.add(transactionObserver: observer) }
      let refuse: @Sendable (any StoreWriter) throws -> Void = { _ in throw Refused() }
      let failed = await Gate().together(store, insertions(0..<5) + [refuse])
      for outcome in failed {
        #expect { try outcome.get() } throws: {
          if case StoreError.unavailable = $0 { true } else { false }
        }
      }
      try store.withWriterConnection { $0.remove(transactionObserver: observer) }
      #expect(try await store.read { try $0.countDevices(matching: DeviceFilter(), in: Sample.acme) } == 0)
      // The same again: neither rows nor indexes of the log remember the failure.
      let again = await Gate().together(store, insertions(0..<5))
      #expect(again.allSatisfy { (try? $0.get()) != nil })
      try await expectLog(store, size: 6)
    }
  }

  @Test func `A disk that is full fails writes with its reason, and service resumes by itself`() async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.insert(Sample.device(0)) }
      let pages = try store.withWriterConnection { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
      try store.withWriterConnection { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 1)") }
      let large: @Sendable (any StoreWriter) throws -> Void = { writer in
        try writer.append(Sample.entry("lost"), in: Sample.acme)
        for number in 0..<100 { try writer.insert(Sample.certificate(number)) }
      }
      let outcomes = await Gate().together(store, insertions(1..<3) + [large])
      for outcome in outcomes {
        #expect(throws: StoreError.unavailable(reason: "the disk is full")) { try outcome.get() }
      }
      try store.withWriterConnection { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
      try await store.write { try large($0) }
      try await expectLog(store, size: 1)
      #expect(try await store.read { try $0.countDevices(matching: DeviceFilter(), in: Sample.acme) } == 1)
    }
  }

  @Test func `A body that swallows the disk's failure is not believed`() async throws {
    try await withSQLiteStore { store, _ in
      try store.withWriterConnection { try $0.execute(sql: "PRAGMA query_only = ON") }
      await #expect(throws: StoreError.unavailable(reason: "the database is read-only")) {
        try await store.write { writer in try? writer.insert(Sample.device(1)) }
      }
      try store.withWriterConnection { try $0.execute(sql: "PRAGMA query_only = OFF") }
      try await store.write { try $0.insert(Sample.device(1)) }
    }
  }

  @Test func `Two processes on one file keep one log`() async throws {
    try await withSQLiteStore { first, path in
      let second = try SQLiteStore(path: path, options: SQLiteOptions(environment: [:]))
      for number in 0..<10 {
        let store = number % 3 == 0 ? second : first
        try await store.write { try $0.append(Sample.entry("a.\(number)"), in: Sample.acme) }
      }
      try await expectLog(first, size: 10)
      await second.close()
    }
  }

  private func expectLog(_ store: SQLiteStore, size: UInt64) async throws {
    let (digests, stored) = try await store.read {
      (try $0.auditLeafDigests(0..<1000, in: Sample.acme), try $0.auditFrontier(in: Sample.acme))
    }
    var frontier = MerkleFrontier()
    for digest in digests { frontier.append(digest) }
    #expect(frontier == stored && stored.size == size)
  }
}

/// Turns every commit into a failure.
private final class FailingCommit: TransactionObserver {
  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseWillCommit() throws { throw DatabaseError(resultCode: .SQLITE_IOERR, message: "a test says so") }
  func databaseDidCommit(_ db: Database) {}
  func databaseDidRollback(_ db: Database) {}
}

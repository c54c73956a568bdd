import GRDB

/// The embedded store: one SQLite file in WAL mode with `synchronous=FULL`, group commit on a thread of its own.
public final class SQLiteStore: Store {
  private let connections: Connections

  private enum Connections: Sendable {
    case readWrite(DatabasePool, WriterThread, ReaderThreads)
    case readOnly(DatabaseQueue)
  }

  /// Opens or creates the file and migrates it. Blocks; call it at start.
  ///
  /// Throws `StoreError.unavailable` when the file cannot be opened, is no database of ours or is of a newer version.
  public init(path: String, options: SQLiteOptions = SQLiteOptions()) throws(StoreError) {
    do {
      let pool = try DatabasePool(path: path, configuration: Self.configuration(options))
      try pool.writeWithoutTransaction { try Self.prepareWriter($0, options) }
      try Migrations.migrate(pool)
      let readers = try ReaderThreads(path: path, configuration: Self.configuration(options), count: options.readers)
      let writer = WriterThread(pool: pool, readers: readers, options: options)
      connections = .readWrite(pool, writer, readers)
      readers.start()
      writer.start()
    } catch {
      throw StoreError(error)
    }
  }

  private init(readOnly queue: DatabaseQueue) { connections = .readOnly(queue) }

  deinit {
    if case .readWrite(_, let writer, _) = connections { writer.close() }
  }

  /// Opens an existing file, or a copy of one, without ever writing: `write` throws.
  ///
  /// A copy of a store in service is whole only with its `-wal` file beside it. Throws `StoreError.unavailable`.
  public static func openForReading(path: String) throws(StoreError) -> SQLiteStore {
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { try Migrations.requireCurrent($0) }
      return SQLiteStore(readOnly: queue)
    } catch {
      throw StoreError(error)
    }
  }

  public func read<T: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> T) async throws -> T {
    switch connections {
    case .readWrite(_, _, let readers):
      return try await withCheckedThrowingContinuation { readers.submit(QueuedRead(body, $0)) }
    case .readOnly(let queue):
      do {
        return try await queue.read { try body(SQLiteReader(database: $0)) }
      } catch let error as DatabaseError {
        throw StoreError(error)
      }
    }
  }

  public func write<T: Sendable>(_ body: @Sendable @escaping (any StoreWriter) throws -> T) async throws -> T {
    guard case .readWrite(_, let writer, _) = connections else {
      throw StoreError.unavailable(reason: "the store is open for reading only")
    }
    return try await withCheckedThrowingContinuation { writer.submit(QueuedWrite(body, $0)) }
  }

  /// Writes what is queued, then closes the file. Later calls throw `StoreError.unavailable`; may be called twice.
  public func close() async {
    switch connections {
    case .readWrite(_, let writer, _):
      await writer.stop()
    case .readOnly(let queue):
      try? queue.close()
    }
  }

  /// How many transactions the writer ran since it was opened: fewer than writes when they share commits.
  public var commits: Int {
    guard case .readWrite(_, let writer, _) = connections else { return 0 }
    return writer.commits
  }

  /// How many writes are queued now.
  public var waitingWrites: Int {
    guard case .readWrite(_, let writer, _) = connections else { return 0 }
    return writer.waiting
  }

  /// For tests of the writer connection itself.
  package func withWriterConnection<T>(_ body: (Database) throws -> T) throws -> T {
    guard case .readWrite(let pool, _, _) = connections else {
      throw StoreError.unavailable(reason: "the store is open for reading only")
    }
    return try pool.writeWithoutTransaction(body)
  }

  /// For tests of query plans: a reader on the writer's connection, and the statements that it ran, with their
  /// arguments in them.
  package func withTracedReader<T>(
    _ body: (Database, any StoreReader, () -> [String]) throws -> T
  ) throws -> T {
    try withWriterConnection { database in
      let traced = TracedStatements()
      database.trace { event in
        if case .statement(let statement) = event { traced.add(statement.expandedSQL) }
      }
      defer { database.trace(options: [], nil) }
      return try body(database, SQLiteReader(database: database)) {
        database.trace(options: [], nil)
        return traced.all
      }
    }
  }
}

/// Filled on the connection's own thread.
private final class TracedStatements: @unchecked Sendable {
  private(set) var all: [String] = []
  func add(_ sql: String) { all.append(sql) }
}

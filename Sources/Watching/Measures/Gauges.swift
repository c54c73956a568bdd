import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

/// What is looked up at a scrape: few rows of the store, the files, the process.
public struct Gauges: Sendable {
  private let store: any Store
  private let organization: OrganizationID
  private let database: String
  private let version: String
  private let now: Clock
  private let live: Live

  /// What only the running parts know.
  public struct Live: Sendable {
    public var queuedWrites: @Sendable () -> Int
    public var connections: @Sendable () -> Int
    public var eventWaiters: @Sendable () -> Int
    public var board: WatchBoard
    public var tokens: @Sendable () -> [TokenHealth]

    public init(
      queuedWrites: @escaping @Sendable () -> Int, connections: @escaping @Sendable () -> Int,
      eventWaiters: @escaping @Sendable () -> Int, board: WatchBoard,
      tokens: @escaping @Sendable () -> [TokenHealth] = { [] }
    ) {
      (self.queuedWrites, self.connections, self.eventWaiters, self.board) = (
        queuedWrites, connections, eventWaiters, board
      )
      self.tokens = tokens
    }
  }

  /// - Parameter database: the path of the store's file.
  public init(
    store: any Store, organization: OrganizationID, database: String, version: String, clock: @escaping Clock,
    live: Live
  ) {
    (self.store, self.organization, self.database, self.version) = (store, organization, database, version)
    (now, self.live) = (clock, live)
  }

  private struct Records: Sendable {
    var logEntries: UInt64
    var authorities: [AuthorityRecord]
    var lists: [RevocationList]
  }

  /// Throws what the store throws.
  public func render(into text: inout MetricText) async throws {
    let organization = organization
    let records = try await store.read { reader in
      let authorities = try reader.authorities(in: organization)
      return Records(
        logEntries: try reader.auditSize(in: organization), authorities: authorities,
        lists: try authorities.compactMap { try reader.revocationList(of: $0.id, in: organization) })
    }
    text.gauge(.buildInfo, [([("version", version)], 1)])
    text.gauge(.queuedWrites, Double(live.queuedWrites()))
    text.gauge(.connections, Double(live.connections()))
    text.gauge(.eventWaiters, Double(live.eventWaiters()))
    text.gauge(.logEntries, Double(records.logEntries))
    render(records, into: &text)
    renderBoard(into: &text)
    TokenFigures.render(live.tokens(), into: &text)
    text.gauge(.storeBytes, Double(StoreFiles.bytes(database)))
    if let free = StoreFiles.space(beside: database)?.free { text.gauge(.diskFreeBytes, Double(free)) }
    ProcessFigures.render(into: &text)
  }

  private func render(_ records: Records, into text: inout MetricText) {
    let now = now()
    text.gauge(
      .crlAge,
      records.lists.map { ([("authority", $0.authority.rawValue)], Double((now - $0.thisUpdate).milliseconds) / 1000) })
    text.gauge(
      .crlNextUpdate, records.lists.map { ([("authority", $0.authority.rawValue)], Double($0.nextUpdate.seconds)) })
    text.gauge(
      .authorityEnds,
      records.authorities.filter { $0.state != .retired }.map {
        ([("authority", $0.id.rawValue), ("purpose", $0.purpose.rawValue)], Double($0.notAfter.seconds))
      })
  }

  private func renderBoard(into text: inout MetricText) {
    let seen = live.board.now
    if let expiring = seen.expiring { text.gauge(.expiring, Double(expiring)) }
    text.gauge(
      .conditions,
      ConditionKind.allCases.map { ([("condition", $0.rawValue)], Double(seen.standing[$0] ?? 0)) })
    text.gauge(.waitingNotifications, Double(seen.waitingNotifications))
    if let isFailing = seen.isSinkFailing { text.gauge(.sinkFailing, isFailing ? 1 : 0) }
  }
}

/// The store's files and the room beside them.
enum StoreFiles {
  /// With the write-ahead log.
  static func bytes(_ database: String) -> Int64 {
    [database, database + "-wal"].reduce(0) { total, path in
      var status = stat()
      return stat(path, &status) == 0 ? total &+ Int64(status.st_size) : total
    }
  }

  struct Space: Hashable, Sendable {
    /// Octets that this process may still write.
    let free: UInt64
    let total: UInt64
  }

  /// Nil when the file system cannot be asked.
  static func space(beside path: String) -> Space? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let block = UInt64(status.f_frsize)
    return Space(free: UInt64(status.f_bavail) &* block, total: UInt64(status.f_blocks) &* block)
  }
}

/// What Prometheus' own clients say of every process.
private enum ProcessFigures {
  static let start = Date().timeIntervalSince1970

  static func render(into text: inout MetricText) {
    text.gauge(.processStart, (start * 1000).rounded() / 1000)
    var usage = rusage()
    // RUSAGE_SELF is 0 everywhere, and of another type on each system.
    if getrusage(0, &usage) == 0 {
      text.gauge(.processCPU, seconds(usage.ru_utime) + seconds(usage.ru_stime))
    }
    if let resident { text.gauge(.processMemory, Double(resident)) }
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// The second number of /proc/self/statm, in pages; nil where there is no such file.
  private static var resident: Int? {
    guard let octets = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
    let numbers = String(decoding: octets, as: UTF8.self).split(separator: " ")
    guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
    return pages &* Int(getpagesize())
  }
}

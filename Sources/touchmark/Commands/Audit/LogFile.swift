import AuditLog
import Registry

/// The log in a store's file, read without a server and never written.
enum LogFile {
  /// Rows read at a time.
  private static let page = 2000

  /// Every organization's report. All of it comes from one snapshot, so that a log that grows meanwhile agrees with the
  /// edge that is stored for it.
  static func verify(
    _ path: String, outside: [String], keys: [NoteKey]
  ) async throws -> [(organization: String, report: AuditReport)] {
    try await read(path) { reader in
      try reader.organizations().map { organization in
        let report = try verify(organization.id, reader, outside: outside, keys: keys)
        return (organization.name, report)
      }
    }
  }

  /// Reads from one snapshot of a store's file.
  static func read<T: Sendable>(
    _ path: String, _ body: @Sendable @escaping (any StoreReader) throws -> T
  ) async throws -> T {
    do {
      return try await SQLiteStore.openForReading(path: path).read(body)
    } catch StoreError.malformed(let place) {
      throw CommandFailure(.altered, "\(path) cannot be read to its end: \(place) is damaged")
    } catch let error as StoreError {
      throw CommandFailure(.refused, "\(path) cannot be read: \(words(error))")
    }
  }

  private static func verify(
    _ organization: OrganizationID, _ reader: any StoreReader, outside: [String], keys: [NoteKey]
  ) throws -> AuditReport {
    var verification = AuditVerification(
      checkpoints: try checkpoints(organization, reader) + outside.dropLast(), outside: outside.last, keys: keys)
    var progress = TerminalProgress()
    var after: UInt64?
    while true {
      let rows = try reader.auditEntries(after: after, limit: page, subject: nil, in: organization)
      for row in rows {
        verification.feed(index: row.index, digest: row.digest, salt: row.salt, entry: row.entry)
      }
      guard let last = rows.last else { break }
      after = last.index
      progress.show("\(last.index + 1) entries")
    }
    progress.clear()
    return verification.finish(stored: try reader.auditFrontier(in: organization))
  }

  private static func checkpoints(_ organization: OrganizationID, _ reader: any StoreReader) throws -> [String] {
    var notes: [String] = []
    var after: UInt64?
    while true {
      let page = try reader.checkpoints(after: after, limit: page, in: organization)
      notes += page.map(\.note)
      guard let last = page.last else { return notes }
      after = last.size
    }
  }

  static func words(_ error: StoreError) -> String {
    switch error {
    case .unavailable(let reason): reason
    case .malformed(let place): "\(place) is damaged"
    case .duplicate(let text), .missing(let text), .conflict(let text): text
    case .invalidCursor: "its order is damaged"
    case .busy: "it is busy"
    }
  }
}

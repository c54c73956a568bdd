import AuditLog
import Credentials
import Foundation
import Issuance
import Registry

/// The log in a store's file, read without a server and never written.
enum LogFile {
  /// Rows read at a time.
  private static let page = 2000

  /// Every organization's report. All of it comes from one snapshot, so that a log that grows meanwhile agrees with the
  /// edge that is stored for it.
  static func verify(
    _ path: String, outside: [String], keys: [NoteKey], roots: [Certificate] = []
  ) async throws -> [(organization: String, report: AuditReport)] {
    try await read(path) { reader in
      try reader.organizations().map { organization in
        let report = try verify(organization, reader, outside: outside, keys: keys, roots: roots)
        return (organization.name, report)
      }
    }
  }

  /// Reads from one snapshot of a store's file.
  static func read<T: Sendable>(
    _ path: String, _ body: @Sendable @escaping (any StoreReader) throws -> T
  ) async throws -> T {
    guard FileManager.default.fileExists(atPath: path) else { throw InputFile.missing(path) }
    do {
      return try await SQLiteStore.openForReading(path: path).read(body)
    } catch StoreError.malformed(let place) {
      throw CommandFailure(.altered, "\(path) cannot be read to its end: \(place) is damaged")
    } catch let error as StoreError {
      throw CommandFailure(.refused, "\(path) cannot be read: \(words(error))")
    }
  }

  private static func verify(
    _ record: OrganizationRecord, _ reader: any StoreReader, outside: [String], keys: [NoteKey], roots: [Certificate]
  ) throws -> AuditReport {
    let organization = record.id
    let epochs = try epochs(record, reader, roots: roots)
    var verification = AuditVerification(
      checkpoints: try checkpoints(organization, reader) + outside.dropLast(), outside: outside.last, keys: keys,
      origin: epochs == nil
        ? nil : Checkpoint.origin(organization: organization.rawValue, epoch: record.auditEpoch),
      epochs: epochs)
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

  /// Nil for a log that was never restored.
  private static func epochs(
    _ organization: OrganizationRecord, _ reader: any StoreReader, roots: [Certificate]
  ) throws -> EpochHistory? {
    let records = try reader.auditEpochs(in: organization.id)
    guard organization.auditEpoch > 1 || !records.isEmpty else { return nil }
    let trusted = try roots + crossed(roots, organization.id, reader)
    return EpochHistory(
      current: organization.auditEpoch,
      epochs: records.map { record in
        let statement = EpochStatement(record.statement)
        let isSigned =
          trusted.isEmpty
          ? nil
          : trusted.contains { statement?.isSigned(record.signature, by: $0) ?? false }
            && statement?.organization == organization.id.rawValue
        return EpochHistory.Epoch(number: record.epoch, statement: record.statement, isSigned: isSigned)
      })
  }

  /// Roots before this one, which it certified (RFC 9810 §4.4): they signed the epochs of their time.
  private static func crossed(
    _ roots: [Certificate], _ organization: OrganizationID, _ reader: any StoreReader
  ) throws -> [Certificate] {
    try reader.rolloverCertificates(in: organization).filter { $0.kind == .oldWithNew }.compactMap { cross in
      guard let certificate = try? Certificate(parsing: cross.certificate), certificate.isAuthority,
        certificate.pathLength == nil,
        roots.contains(where: { root in root.publicKey.map { certificate.isSigned(by: $0) } ?? false })
      else { return nil }
      return certificate
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

import AuditLog
import Registry

/// The log, read from its first entry to its last with the checkpoints that were kept, by the verifier that an auditor
/// uses.
extension Audit {
  private static let page = 2000

  func log() async throws -> [Finding] {
    try await world.serving.checkpoints.write()
    let report = try await verified()
    var findings = report.findings.prefix(Self.mostFindings).map { Finding(.log, $0.text) }
    if report.checkpoints == 0 { findings.append(Finding(.log, "no checkpoint agrees with the log")) }
    return findings
  }

  private func verified() async throws -> AuditReport {
    let organization = world.serving.organization
    let key = world.logKey
    return try await world.serving.store.read { reader in
      var notes: [String] = []
      var size: UInt64?
      while let page = try? reader.checkpoints(after: size, limit: Self.page, in: organization), let last = page.last {
        notes += page.map(\.note)
        size = last.size
      }
      var verification = AuditVerification(checkpoints: notes, keys: [key])
      var after: UInt64?
      while true {
        let rows = try reader.auditEntries(after: after, limit: Self.page, subject: nil, in: organization)
        for row in rows {
          verification.feed(index: row.index, digest: row.digest, salt: row.salt, entry: row.entry)
        }
        guard let last = rows.last else { break }
        after = last.index
      }
      return verification.finish(stored: try reader.auditFrontier(in: organization))
    }
  }
}

import AuditLog
import Credentials
import Registry
import WireFormats

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
    let (organization, key) = (world.serving.organization, world.logKey)
    return try await world.serving.store.read { reader in
      let epochs = try Self.epochs(of: organization, reader)
      let origins = (1...max(epochs.current, 1)).map {
        Checkpoint.origin(organization: organization.rawValue, epoch: $0)
      }
      var verification = AuditVerification(
        checkpoints: try Self.checkpoints(of: organization, reader),
        keys: origins.compactMap { NoteKey(name: $0, publicKey: key.publicKey) }, origin: origins.last, epochs: epochs)
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

  /// The epochs that restores opened, each under a statement that a root must have signed.
  private static func epochs(of organization: OrganizationID, _ reader: any StoreReader) throws -> EpochHistory {
    let epochs = try reader.auditEpochs(in: organization).map { epoch in
      let root = try reader.authority(epoch.authority, in: organization)
      let key = try root.flatMap { try Certificate(parsing: $0.certificate).publicKey }
      let isSigned = key.map {
        $0.isValidSignature(
          epoch.signature, over: Array(epoch.statement.utf8), algorithm: $0.algorithm.signatureAlgorithm)
      }
      return EpochHistory.Epoch(number: epoch.epoch, statement: epoch.statement, isSigned: isSigned ?? false)
    }
    return EpochHistory(current: try reader.organization(organization)?.auditEpoch ?? 1, epochs: epochs)
  }

  private static func checkpoints(of organization: OrganizationID, _ reader: any StoreReader) throws -> [String] {
    var notes: [String] = []
    var size: UInt64?
    while true {
      let page = try reader.checkpoints(after: size, limit: page, in: organization)
      guard let last = page.last else { return notes }
      notes += page.map(\.note)
      size = last.size
    }
  }
}

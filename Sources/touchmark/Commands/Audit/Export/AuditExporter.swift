import AuditLog
import Foundation
import Registry
import WireFormats

/// Writes one organization's entries of a period into a new folder, from one snapshot of the store.
struct AuditExporter: Sendable {
  let folder: String
  let period: AuditPeriod
  /// The log's public keys, as the installation has them.
  let keys: String?

  private static let page = 1000

  struct Exported: Encodable {
    var folder: String
    var first: UInt64
    var entries: UInt64
    var issued: Int
    var refused: Int
    var revoked: Int
    var administration: Int
    var checkpoint: UInt64
    /// Entries after the period's last one that no checkpoint covers yet.
    var uncovered: UInt64
  }

  func export(_ organization: OrganizationRecord, _ reader: any StoreReader) throws -> Exported {
    guard let checkpoint = try reader.latestCheckpoint(in: organization.id) else {
      throw CommandFailure(
        .refused, "the log has no checkpoint yet", hint: "a running server signs one within a second")
    }
    let stretch = try AuditStretch(reader: reader, organization: organization.id)
      .entries(of: period, below: checkpoint.size)
    guard !stretch.isEmpty else { throw CommandFailure(.notFound, "the log has no entry of this period") }
    let proof = try ExportProof(stretch, of: period, organization: organization, size: checkpoint.size, reader)
    var files = try ExportFiles(folder: folder)
    var profiles: Set<String> = []
    var acts: [BulkActID] = []
    try rows(stretch, organization.id, reader) { row in
      try files.add(row)
      guard let entry = row.decoded else { return }
      if let profile = entry.details["profile"] { profiles.insert(profile) }
      if let act = ExportMembers.named(by: entry)?.act { acts.append(act) }
    }
    try files.finish()
    if !acts.isEmpty { try ExportFiles.make(folder + "/members") }
    for act in acts {
      try ExportMembers.write(act, to: "\(folder)/\(ExportMembers.file(of: act))", organization.id, reader)
    }
    try PrivateFile.create(folder + "/proof.json", try JSONText.pretty(proof))
    try PrivateFile.create(folder + "/checkpoint.note", checkpoint.note)
    if let keys { try PrivateFile.create(folder + "/audit.pub", keys) }
    try writeProfiles(profiles, organization.id, reader)
    let counts = files.counts
    let size = try reader.auditSize(in: organization.id)
    let exported = Exported(
      folder: folder, first: proof.first, entries: proof.count, issued: counts[.issued] ?? 0,
      refused: counts[.refused] ?? 0, revoked: counts[.revoked] ?? 0, administration: counts[.administration] ?? 0,
      checkpoint: checkpoint.size, uncovered: size - min(size, checkpoint.size))
    try PrivateFile.create(folder + "/README.html", ReadingGuide(proof: proof, exported: exported).text)
    return exported
  }

  private func rows(
    _ stretch: Range<UInt64>, _ organization: OrganizationID, _ reader: any StoreReader,
    _ body: (ExportedEntry) throws -> Void
  ) throws {
    var next = stretch.lowerBound
    while next < stretch.upperBound {
      let page = try reader.auditEntries(
        after: next == 0 ? nil : next - 1, limit: Self.page, subject: nil, in: organization)
      for row in page where row.index < stretch.upperBound { try body(ExportedEntry(row)) }
      guard let last = page.last else { throw CommandFailure(.altered, "entry \(next) is missing in the store") }
      next = last.index + 1
    }
  }

  /// The versions under which something was issued; `operational v3` as entries say it.
  private func writeProfiles(
    _ named: Set<String>, _ organization: OrganizationID, _ reader: any StoreReader
  ) throws {
    var made = false
    for text in named.sorted() {
      let parts = text.split(separator: " ")
      guard parts.count == 2, let name = ProfileName(rawValue: String(parts[0])), parts[1].hasPrefix("v"),
        let version = Int(parts[1].dropFirst()),
        let record = try reader.profile(name, version: version, in: organization)
      else { continue }
      if !made { try ExportFiles.make(folder + "/profiles") }
      made = true
      try PrivateFile.create("\(folder)/profiles/\(name)-v\(version).yaml", record.document)
    }
  }
}

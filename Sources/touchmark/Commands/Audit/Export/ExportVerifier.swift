import AuditLog
import Foundation
import Registry
import WireFormats

/// Checks a folder that `audit export` wrote: the entries against the checkpoint, and the tables against the entries.
struct ExportVerifier {
  let folder: String
  let outside: String?
  let keys: [NoteKey]

  struct Verified {
    let organization: String
    let report: AuditReport
    /// Files that do not say what the entries say.
    let files: [String]
  }

  func verify() throws -> Verified {
    let text = try InputFile.text(folder + "/proof.json")
    guard let proof = try? JSONDecoder().decode(ExportProof.self, from: Data(text.utf8)) else {
      throw CommandFailure(.altered, "\(folder)/proof.json is damaged")
    }
    let excerpt = try proof.excerpt(checkpoint: try InputFile.text(folder + "/checkpoint.note"))
    var verification = AuditVerification(excerpt, outside: outside, keys: keys)
    var tables = TableComparison()
    var acts: [(act: BulkActID, digest: String)] = []
    var count: UInt64 = 0
    var lines = try FileLines(folder + "/entries.jsonl")
    while let line = try lines.next() {
      guard let row = try? JSONDecoder().decode(ExportedEntry.self, from: Data(line)),
        let digest = Hex.decode(row.digest)
      else { throw CommandFailure(.altered, "line \(count + 1) of \(folder)/entries.jsonl is damaged") }
      verification.feed(
        index: row.index, digest: digest, salt: row.salt.flatMap { Hex.decode($0) }, entry: row.octets)
      tables.add(row)
      if let act = row.decoded.flatMap(ExportMembers.named) { acts.append(act) }
      count += 1
    }
    let missing = count == proof.count ? [] : ["entries.jsonl has \(count) entries and not \(proof.count)"]
    let changed = missing + tables.changed(in: folder) + changedMembers(of: acts)
    return Verified(organization: proof.organization, report: verification.finish(excerpt), files: changed)
  }

  private func changedMembers(of acts: [(act: BulkActID, digest: String)]) -> [String] {
    acts.map { (ExportMembers.file(of: $0.act), $0.digest) }.compactMap { file, digest in
      ExportMembers.digest(of: "\(folder)/\(file)") == digest ? nil : "\(file) has not the members that the log names"
    }
  }
}

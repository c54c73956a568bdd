import AuditLog
import WireFormats

/// What a verification of the log found, for reading.
package enum AuditText {
  package static func render(_ report: AuditReport, of organization: String) -> String {
    let verdict =
      report.isClean
      ? "the log of \(organization) is whole, as far as can be seen"
      : "the log of \(organization) is not what it was"
    let facts = Table.facts([
      ("entries", "\(report.entries)"), ("erased", report.erased > 0 ? "\(report.erased)" : nil),
      ("checkpoints", "\(report.checkpoints) agree"), ("root", Hex.encode(report.root)),
    ])
    let more = report.omitted > 0 ? ["and \(report.omitted) findings more"] : []
    let findings = (report.findings.map(\.description) + more).map { "  found: \(Printable.text($0))\n" }
    let limits = report.limits.map { "  not seen: \(Printable.text($0))\n" }
    return Printable.text(verdict) + "\n" + facts + findings.joined() + limits.joined()
  }
}

/// What `-o json` says of it.
struct AuditSummary: Encodable {
  struct Finding: Encodable {
    let kind: String
    let index: UInt64?
    let text: String
  }

  let organization: String
  let clean: Bool
  let entries: UInt64
  let erased: UInt64
  let checkpoints: Int
  let root: String
  let findings: [Finding]
  let omitted: Int
  let limits: [String]

  /// - Parameter files: What is wrong with files that were made from the entries.
  init(organization: String, _ report: AuditReport, _ files: [String] = []) {
    self.organization = organization
    clean = report.isClean && files.isEmpty
    (entries, erased, checkpoints) = (report.entries, report.erased, report.checkpoints)
    root = Hex.encode(report.root)
    findings =
      report.findings.map { Finding(kind: $0.kind.rawValue, index: $0.index, text: $0.text) }
      + files.map { Finding(kind: "changed", index: nil, text: $0) }
    (omitted, limits) = (report.omitted, report.limits)
  }
}

import AuditLog
import WireFormats

/// The tables that a person reads. Each row is one entry, so that verifying the entries verifies them: whoever checks
/// an export makes them again and compares.
struct ExportTables {
  /// Which table an entry belongs to.
  enum Name: String, CaseIterable {
    case issued, refused, revoked, administration

    var file: String { rawValue + ".csv" }

    var explanation: String {
      switch self {
      case .issued: "Certificates issued and renewed: for whom, by which right, under which version of which profile."
      case .refused: "What was asked and not done, by whom, and why."
      case .revoked: "Certificates revoked, and devices suspended, resumed, replaced and retired, by whom and why."
      case .administration: "Everything else: people, grants, profiles, trust, lists, alarms."
      }
    }

    init(_ entry: AuditEntry) {
      let standing = ["device.suspend", "device.resume", "device.retire", "device.replace"]
      if entry.outcome == "refused" {
        self = .refused
      } else if ["certificate.issue", "certificate.renew"].contains(entry.act) {
        self = .issued
      } else if entry.act == "certificate.revoke" || standing.contains(entry.act) {
        self = .revoked
      } else {
        self = .administration
      }
    }
  }

  private static let columns = [
    "index", "at", "actor", "door", "act", "subject", "outcome", "reason", "profile", "serial_number", "details",
  ]
  static let header = CSV.record(columns)

  static func row(_ index: UInt64, _ entry: AuditEntry) -> String {
    CSV.record(
      [
        "\(index)", "\(entry.at)", entry.actor, entry.door, entry.act, entry.subject, entry.outcome, entry.reason ?? "",
        entry.details["profile"] ?? "", entry.details["serial_number"] ?? "", Label.text(entry.details),
      ].map(inert))
  }

  /// A spreadsheet takes a cell that begins so for a formula, and what operators and systems outside wrote stands here.
  static func inert(_ cell: String) -> String {
    guard let first = cell.first, "=+-@\t\r".contains(first) else { return cell }
    return "'" + cell
  }
}

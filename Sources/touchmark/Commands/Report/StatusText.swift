import AdministrationAPI
import WireFormats

/// The state of a fleet as one screen.
package enum StatusText {
  package static func render(_ status: FleetStatus, now: Instant = .now) -> String {
    let devices = Table.facts(
      [
        ("active", "\(status.active)"), ("overdue", tally(status.overdue)),
        ("expiring", "\(tally(status.expiring)) within \(status.expiringWithin)"), ("expired", tally(status.expired)),
        ("never enrolled", "\(status.neverEnrolled)"), ("suspended", "\(status.suspended)"),
        ("retired", "\(status.retired)"),
      ] + attested(status.attestations, now))
    let work = Table.facts([
      ("issued", "\(status.issuedLastHour) in the last hour, \(status.issuedLastDay) in the last day"),
      ("running", status.runningActs.joined(separator: " ")),
    ])
    let keeping = Table.facts([
      ("log", "\(status.logSize) entries, checkpoint \(age(status.lastCheckpoint, now) ?? "never")"),
      ("backup", age(status.lastBackup, now) ?? "never"), ("store", size(status.storeSize)),
    ])
    return "devices\n\(devices)\nwork\n\(work)\(refused(status.refused))\nauthorities\n"
      + authorities(status.authorities, now) + "\nkeeping\n\(keeping)"
  }

  /// Nothing where no device attests.
  private static func attested(_ counts: FleetStatus.Attestations, _ now: Instant) -> [(String, String?)] {
    var facts: [(String, String?)] = []
    if counts.trusted + counts.warning + counts.failed > 0 {
      facts.append(
        (
          "attested",
          "\(counts.trusted) trusted, \(counts.warning) with warnings, \(counts.failed) failed, \(counts.overdue) overdue"
        ))
    }
    if counts.suspensionStopped != nil {
      facts.append(
        (
          "suspension",
          "the policy stopped \(age(counts.suspensionStopped, now) ?? ""), and asks: touchmark attestation list --status failed"
        ))
    }
    return facts
  }

  private static func tally(_ tally: FleetStatus.Tally) -> String {
    tally.orMore ? "\(tally.count) or more" : "\(tally.count)"
  }

  private static func refused(_ items: [FleetStatus.Activity]) -> String {
    guard !items.isEmpty else { return Table.facts([("refused", "nothing in the last day")]) }
    return Table.facts(
      items.sorted { $0.lastDay > $1.lastDay }.prefix(12).map { item in
        ("refused \(item.code)", "\(item.lastHour) in the last hour, \(item.lastDay) in the last day (\(item.act))")
      })
  }

  private static func authorities(_ items: [FleetStatus.Authority], _ now: Instant) -> String {
    let rows = items.map { item in
      [
        item.id, item.state, "ends \(ReadableTime.minute(item.notAfter))",
        item.crlNumber.map {
          "CRL \($0), \(age(item.crlThisUpdate, now) ?? ""), next by \(ReadableTime.minute(item.crlNextUpdate))"
        }
          ?? "no CRL",
      ]
    }
    let table = Table(titles: ["", "", "", ""], first: rows)
    return rows.map { "  " + table.line($0) }.joined()
  }

  private static func age(_ moment: String?, _ now: Instant) -> String? {
    moment.flatMap { Instant($0) }.map { ReadableTime.distance(to: $0, from: now) }
  }

  private static func size(_ octets: Int64) -> String {
    octets < 1 << 30 ? "\(octets >> 20) MiB" : "\(octets >> 30).\((octets >> 20) % 1024 * 10 / 1024) GiB"
  }
}

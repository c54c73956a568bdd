import Registry
import WireFormats

/// A grant's secret is in many hands.
package enum GrantsOpen: DoctorCheck {
  package static let name = "grants-open"
  package static let severity = Severity.warning
  package static let looksAt = "whether a grant lets in many for long, whoever they say that they are"
  package static let fix =
    "touchmark grant revoke NAME, and make one with --lot, --serials or --station and a nearer end"

  static let many = 1000
  static let long = Span.days(90)

  package static func examine(_ installation: Examination) async -> Verdict {
    let open = installation.grants.filter {
      $0.revokedAt == nil && $0.expiresAt > installation.now && $0.issued < $0.uses
    }
    let findings = open.compactMap { grant -> (Severity, String)? in
      let isBound = grant.lot != nil || grant.serialsFrom != nil || !grant.serials.isEmpty || grant.station != nil
      let isWide = grant.uses - grant.issued > many || grant.expiresAt - long > installation.now
      guard !isBound, isWide else { return nil }
      return (.warning, "\(grant.name) lets \(grant.uses - grant.issued) more in until \(grant.expiresAt)")
    }
    return worst(of: findings, otherwise: open.isEmpty ? "none is open" : "\(open.count) open, each bounded")
  }
}

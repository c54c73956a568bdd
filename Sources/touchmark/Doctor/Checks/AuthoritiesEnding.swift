import Issuance
import Registry
import WireFormats

/// Nothing outlives its issuer: an authority's last months already shorten what it issues.
package enum AuthoritiesEnding: DoctorCheck {
  package static let name = "authorities-ending"
  package static let severity = Severity.error
  package static let looksAt = "whether each authority outlives what its profiles issue"
  package static let fix = "touchmark authority renew NAME, in time for the longest certificate"

  package static func examine(_ installation: Examination) async -> Verdict {
    let profiles = installation.profiles.compactMap { try? Issuance.ProfileDocument.parse($0.document) }
    var findings: [(Severity, String)] = []
    for authority in installation.issuing {
      guard installation.now < authority.notAfter else {
        findings.append((.error, "\(authority.id) ended at \(authority.notAfter)"))
        continue
      }
      let longest = profiles.filter { $0.authority == authority.name }.map { $0.notAfter(from: installation.now) }
        .filter { $0 < .noExpiry }.max()
      if authority.notAfter - .days(90) <= installation.now || longest.map({ $0 > authority.notAfter }) ?? false {
        findings.append((.warning, "\(authority.id) ends at \(authority.notAfter), and shortens what it issues"))
      }
    }
    return worst(of: findings, otherwise: "\(installation.issuing.count) authorities have time")
  }
}

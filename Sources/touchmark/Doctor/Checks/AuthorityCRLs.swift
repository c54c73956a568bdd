import Registry
import WireFormats

/// Lists that the server publishes by itself, while it runs.
package enum AuthorityCRLs: DoctorCheck {
  package static let name = "authority-crls"
  package static let severity = Severity.error
  package static let looksAt = "whether each authority's CRL is current"
  package static let fix = "the server publishes them while it runs: touchmark authority crl NAME does it now"

  package static func examine(_ installation: Examination) async -> Verdict {
    var findings: [(Severity, String)] = []
    for authority in installation.issuing {
      guard let list = installation.lists[authority.id] else {
        findings.append((.warning, "\(authority.id) has published no CRL yet"))
        continue
      }
      let life = list.nextUpdate - list.thisUpdate
      if list.nextUpdate <= installation.now {
        findings.append((.error, "the CRL of \(authority.id) ended at \(list.nextUpdate)"))
      } else if list.nextUpdate - Span(milliseconds: life.milliseconds / 4) <= installation.now {
        // It is made anew at half its life.
        findings.append((.warning, "the CRL of \(authority.id) is late: it ends at \(list.nextUpdate)"))
      }
    }
    return worst(of: findings, otherwise: "\(installation.issuing.count) lists are current")
  }
}

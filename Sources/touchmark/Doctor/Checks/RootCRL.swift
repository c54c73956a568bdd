import Credentials
import WireFormats

/// The root's list is made ahead, since its key is never opened by the server: somebody has to think of the next.
package enum RootCRL: DoctorCheck {
  package static let name = "root-crl"
  package static let severity = Severity.error
  package static let looksAt = "when the root's CRL ends"
  package static let fix =
    "make the next one where the root's key is: touchmark authority crl, or a request to the root"

  /// What is needed to call people together.
  static let warnsFor = Span.days(60)

  package static func examine(_ installation: Examination) async -> Verdict {
    guard !installation.roots.isEmpty else { return .found(.error, "there is no root in the store") }
    var findings: [(Severity, String)] = []
    var end = Instant.noExpiry
    for root in installation.roots {
      guard let list = installation.lists[root.id] else {
        findings.append((.error, "\(root.id) has no CRL"))
        continue
      }
      end = min(end, list.nextUpdate)
      if list.nextUpdate <= installation.now {
        findings.append((.error, "the CRL of \(root.id) ended at \(list.nextUpdate)"))
      } else if list.nextUpdate - warnsFor <= installation.now {
        findings.append((.warning, "the CRL of \(root.id) ends at \(list.nextUpdate)"))
      }
    }
    return worst(of: findings, otherwise: "it is good until \(end)")
  }
}

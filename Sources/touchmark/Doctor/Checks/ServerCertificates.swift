import WireFormats

/// Certificates that the server makes for itself, in memory, and replaces before they end.
package enum ServerCertificates: DoctorCheck {
  package static let name = "server-certificates"
  package static let severity = Severity.error
  package static let looksAt = "whether the server renews its TLS certificate and those of its OCSP responders in time"
  package static let fix = "restart the server, which makes new ones at start; why it made none stands in its log"

  package static func examine(_ installation: Examination) async -> Verdict {
    guard installation.machine.exists(installation.path + "/serving.json") else {
      return .skipped("no server runs on this folder, and the next start makes new ones")
    }
    guard !installation.ownCertificates.isEmpty else { return .skipped("the server has made none yet") }
    var findings: [(Severity, String)] = []
    for own in installation.ownCertificates {
      let life = own.notAfter - own.notBefore
      if own.isRevoked {
        findings.append((.error, "the certificate of \(own.holder) is revoked, and there is none after it"))
      } else if own.notAfter <= installation.now {
        findings.append((.error, "the certificate of \(own.holder) ended at \(own.notAfter)"))
      } else if own.notAfter - Span(milliseconds: life.milliseconds / 4) <= installation.now {
        // A third of the life is left when the server's is renewed, and half of a responder's.
        findings.append((.warning, "the certificate of \(own.holder) ends at \(own.notAfter) and was not renewed"))
      }
    }
    return worst(of: findings, otherwise: "\(installation.ownCertificates.count) are renewed in time")
  }
}

import WireFormats

/// Administrators' certificates: who cannot log in cannot renew one either.
package enum InstallationCertificatesCheck: DoctorCheck {
  package static let name = "installation-certificates"
  package static let severity = Severity.error
  package static let looksAt = "whether administrators' certificates are valid, and for how long yet"
  package static let fix = "touchmark admin add makes a new one while another still works; else touchmark admin recover"

  package static func examine(_ installation: Examination) async -> Verdict {
    var findings: [(Severity, String)] = []
    var valid = 0
    for administrator in installation.administrators {
      guard let certificate = administrator.certificate else { continue }
      if certificate.notAfter <= installation.now || certificate.status != .good {
        findings.append((.warning, "the certificate of \(administrator.record.name) is no longer good"))
      } else {
        valid += 1
        if certificate.notAfter - .days(30) <= installation.now {
          findings.append((.warning, "that of \(administrator.record.name) ends at \(certificate.notAfter)"))
        }
      }
    }
    if valid == 0 { findings.append((.error, "no administrator has a certificate that is valid")) }
    return worst(of: findings, otherwise: "\(valid) are valid")
  }
}

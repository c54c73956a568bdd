/// One person who leaves must not take the installation along.
package enum AdministratorsCheck: DoctorCheck {
  package static let name = "administrators"
  package static let severity = Severity.warning
  package static let looksAt = "whether there is a second administrator, and where the first one's key lies"
  package static let fix = "touchmark admin add --role administrator, and move admin.key to its owner's machine"

  package static func examine(_ installation: Examination) async -> Verdict {
    let level: Severity = installation.isDemonstration ? .note : .warning
    var findings: [(Severity, String)] = []
    let count = installation.administrators.count { $0.record.role == .administrator }
    if count < 2 { findings.append((level, "there is only one administrator")) }
    if installation.machine.exists(installation.path + "/admin.key") {
      findings.append((level, "the first administrator's key lies in the data folder"))
    }
    return worst(of: findings, otherwise: "\(count) administrators, and no key of theirs here")
  }
}

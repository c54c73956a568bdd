/// What the listeners let in.
package enum DoorsOpen: DoctorCheck {
  package static let name = "doors-open"
  package static let severity = Severity.warning
  package static let looksAt = "whether the doors are where devices find them, and their bounds in force"
  package static let fix = "set listen-https, listen-http and limits in touchmark.yaml, and start the server again"

  package static func examine(_ installation: Examination) async -> Verdict {
    var findings: [(Severity, String)] = []
    for (name, value) in installation.limits.sorted(by: { $0.key < $1.key }) where value == 0 {
      findings.append((.warning, "the limit \(name) is turned off"))
    }
    let doors = [installation.listenHTTPS, installation.listenHTTP]
    if installation.isDemonstration, let open = doors.first(where: AddressText.listensEverywhere) {
      findings.append((.warning, "a demonstration listens to everybody at \(open)"))
    }
    if !installation.isDemonstration, doors.allSatisfy(isLocal) {
      findings.append((.note, "both doors listen on this machine alone: only a proxy here reaches them"))
    }
    return worst(of: findings, otherwise: doors.joined(separator: " and "))
  }

  private static func isLocal(_ listen: String) -> Bool {
    ["127.", "localhost:", "[::1]:"].contains { listen.hasPrefix($0) }
  }
}

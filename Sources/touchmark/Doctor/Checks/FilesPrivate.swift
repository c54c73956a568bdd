/// Nobody but the owner reads keys and store.
package enum FilesPrivate: DoctorCheck {
  package static let name = "files-private"
  package static let severity = Severity.error
  package static let looksAt = "whether keys, secrets and store can be read by their owner alone"
  package static let fix = "chmod -R go-rwx DIR, and ask who could read it until now"

  package static func examine(_ installation: Examination) async -> Verdict {
    let machine = installation.machine
    guard let own = machine.mode(of: installation.path) else {
      return .found(.error, "\(installation.path) cannot be looked at")
    }
    // What lies in a folder that nobody else may enter is out of reach, whatever its own mode says.
    guard own & 0o077 != 0 else { return .good("the data folder is its owner's alone") }
    let shown = ["root.pem", "audit.pub", "serving.json"]
    let files = machine.names(in: installation.path).filter { !shown.contains($0) }
    let open = files.filter { machine.mode(of: "\(installation.path)/\($0)").map { $0 & 0o044 != 0 } ?? false }
    guard let first = open.sorted().first else { return .good("what is private can be read by its owner alone") }
    return .found(.error, "\(open.count) files can be read by others, for example \(first)")
  }
}

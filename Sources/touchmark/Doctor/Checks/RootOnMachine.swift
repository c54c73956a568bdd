/// The roots' keys belong elsewhere.
package enum RootOnMachine: DoctorCheck {
  package static let name = "root-on-machine"
  package static let severity = Severity.warning
  package static let looksAt = "whether the keys of the root and of its successor lie on this machine"
  package static let fix = "touchmark root export --to FILE --remove, and keep the file where no network is"

  package static func examine(_ installation: Examination) async -> Verdict {
    let here = RootPlace.names(in: installation).filter {
      installation.machine.secretKind(of: "\(installation.path)/\($0)") != nil
    }
    guard !here.isEmpty else { return .good("no root's key is in the data folder") }
    let text = "the keys of \(here.joined(separator: " and ")) lie in the data folder"
    return .found(installation.isDemonstration ? .note : .warning, text)
  }
}

extension RootPlace {
  /// Where roots' keys may lie below the data folder. A succession founds the next successor beside the first:
  /// successor-3 and so on.
  static func names(in installation: Examination) -> [String] {
    let places = all(in: InstallationFolder(path: installation.path)).map(\.name)
    return Set(["root", "successor"] + places).sorted()
  }
}

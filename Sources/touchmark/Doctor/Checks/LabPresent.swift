import Registry

/// `lab` takes what is asked.
package enum LabPresent: DoctorCheck {
  package static let name = "lab-present"
  package static let severity = Severity.error
  package static let looksAt = "whether the lab profile, which takes what is asked, exists outside a demonstration"
  package static let fix = "an installation for devices is made without --lab; this one is not for devices"

  package static func examine(_ installation: Examination) async -> Verdict {
    let isThere =
      installation.profiles.contains { $0.name.rawValue == "lab" }
      || installation.issuing.contains { $0.purpose == .lab }
    guard isThere else { return .good("there is none") }
    return installation.isDemonstration
      ? .found(.note, "the lab profile is open, as in a demonstration")
      : .found(.error, "the lab profile is open: it gives anybody a certificate under this root")
  }
}

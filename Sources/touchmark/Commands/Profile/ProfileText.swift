import AdministrationAPI

/// Profiles for reading: one of them, what applying one changes, and what one would issue.
package enum ProfileText {
  package static func render(_ profile: ProfileItem) -> String {
    let facts = Table.facts([
      ("version", "\(profile.version)"),
      ("applied", "\(ReadableTime.minute(profile.appliedAt)) by \(profile.appliedBy)"),
      ("SHA-256", profile.digest),
    ])
    let document = profile.document.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  " + Printable.text(String($0)) }.joined(separator: "\n")
    return Printable.text(profile.name) + "\n" + facts + "\n" + document + (document.hasSuffix("\n") ? "" : "\n")
  }

  package static func render(_ change: ProfileChange, dryRun: Bool) -> String {
    guard change.changed else { return "\(change.name) stays at version \(change.version): nothing differs\n" }
    let lines = change.difference.split(separator: "\n", omittingEmptySubsequences: false)
    var difference = lines.map { Printable.text(String($0)) }.joined(separator: "\n")
    if !difference.hasSuffix("\n") { difference += "\n" }
    let outcome = dryRun ? "would be version \(change.version)" : "is at version \(change.version)"
    return difference + "\(change.name) \(outcome)\n"
  }

  package static func render(_ trial: Trial, profile: String) -> String {
    guard trial.wouldIssue else {
      return "\(profile) would refuse\n" + Table.facts([("rule", trial.rule), ("reason", trial.reason)])
    }
    let valid = "\(ReadableTime.minute(trial.notBefore)) to \(ReadableTime.minute(trial.notAfter))"
    let facts: [(String, String?)] =
      [
        ("subject", trial.subject.map { $0.isEmpty ? "(empty)" : $0 }),
        ("also named", trial.subjectAlternativeNames.joined(separator: ", ")), ("valid", valid),
      ] + trial.extensions.enumerated().map { ($0.offset == 0 ? "extensions" : "", $0.element) }
    return "\(profile) would issue\n" + Table.facts(facts)
  }
}

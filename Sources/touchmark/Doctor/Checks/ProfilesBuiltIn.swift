import Issuance
import Registry

/// Whether a profile is still as an older version of the program made it. The store's is the one in force, and nothing but
/// an operator changes it (decision 0054).
package enum ProfilesBuiltIn: DoctorCheck {
  package static let name = "profiles-built-in"
  package static let severity = Severity.note
  package static let looksAt = "whether a built-in profile is as an older version made it, and was never changed"
  package static let fix =
    "touchmark profile apply --built-in NAME --dry-run shows what is new; without --dry-run it is taken"

  package static func examine(_ installation: Examination) async -> Verdict {
    let old = installation.profiles.filter(isOutdated).map(\.name.rawValue).sorted()
    guard !old.isEmpty else { return .good("those that nobody changed are this version's") }
    return .found(.note, "\(old.joined(separator: ", ")): as an older version made it; this one has a newer text")
  }

  private static func isOutdated(_ record: ProfileRecord) -> Bool {
    guard record.version == 1, record.appliedBy == Actor.installation.name,
      let text = BuiltInProfiles.document(of: record.name)
    else { return false }
    return record.document != text
  }
}

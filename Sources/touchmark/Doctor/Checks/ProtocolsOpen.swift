import Issuance
import Registry

/// Through which protocols devices come in, profile by profile.
package enum ProtocolsOpen: DoctorCheck {
  package static let name = "protocols-open"
  package static let severity = Severity.note
  package static let looksAt = "which profiles open which protocols, and whether one has keys made here"
  package static let fix = "change the profile's protocols or server-key-generation: touchmark profile apply FILE"

  package static func examine(_ installation: Examination) async -> Verdict {
    let profiles = installation.profiles.compactMap { try? Issuance.ProfileDocument.parse($0.document) }
    let open = Door.allCases.filter { $0 != .command }.map { line($0, profiles) }.joined(separator: "; ")
    let making = profiles.filter(\.allowsServerKeys).map(\.name.rawValue).sorted()
    guard !making.isEmpty else { return .good(open) }
    return .found(.note, "\(open); keys are made here under \(making.joined(separator: ", "))")
  }

  private static func line(_ door: Door, _ profiles: [Profile]) -> String {
    let opening = profiles.filter { $0.doors.contains(door) }.map(\.name.rawValue).sorted()
    return "\(door.rawValue): \(opening.isEmpty ? "closed" : opening.joined(separator: ", "))"
  }
}

import Credentials
import Issuance
import WireFormats

/// What a profile lets a device ask for that an operator should have thought about.
package enum ProfilesOpen: DoctorCheck {
  package static let name = "profiles-open"
  package static let severity = Severity.error
  package static let looksAt = "whether a profile lets devices name themselves freely, or gives powers over others"
  package static let fix = "change the profile's honor, ask or extended-key-usage: touchmark profile apply FILE"

  /// Purposes that speak for others than the holder.
  private static let powers = [ExtendedKeyUsage.codeSigning, ExtendedKeyUsage.timeStamping]

  package static func examine(_ installation: Examination) async -> Verdict {
    var findings: [(Severity, String)] = []
    for record in installation.profiles where record.name.rawValue != "lab" {
      do { findings += judge(try Issuance.ProfileDocument.parse(record.document)) } catch {
        findings.append((.error, "\(record.name) cannot be read: \(error)"))
      }
    }
    return worst(of: findings, otherwise: "\(installation.profiles.count) profiles keep to their templates")
  }

  private static func judge(_ profile: Profile) -> [(Severity, String)] {
    var findings: [(Severity, String)] = []
    for power in profile.extendedKeyUsages where powers.contains(power) {
      findings.append((.warning, "\(profile.name) gives \(ExtendedKeyUsage.name(of: power))"))
    }
    // An administrator who signs a request answers for its names.
    guard profile.proofs != [.administrator] else { return findings }
    if profile.honored.contains(.subject) || profile.honored.contains(.allNames) {
      findings.append((.warning, "\(profile.name) takes any name that a device asks for"))
    } else if !profile.honored.isEmpty, profile.extendedKeyUsages.contains(ExtendedKeyUsage.serverAuth),
      profile.proofs.contains(.grant)
    {
      findings.append((.note, "\(profile.name) certifies host names that a grant's devices choose"))
    }
    return findings
  }
}

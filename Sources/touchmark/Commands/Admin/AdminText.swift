import AdministrationAPI

/// Administrators for reading.
enum AdminText {
  static func added(_ administrator: AdministratorItem, _ files: IdentityFiles) -> String {
    Printable.text("\(administrator.name) is \(article(administrator.role)) \(administrator.role)") + "\n"
      + Table.facts([
        ("certificate", files.certificate), ("key", PresentFile.path(files.key)), ("root", files.root),
        ("profiles", administrator.profiles.isEmpty ? nil : administrator.profiles.joined(separator: " ")),
        ("lot", administrator.lot), ("uses", administrator.uses.map { "\($0)" }),
        ("ends", ReadableTime.minute(administrator.notAfter) + " UTC"),
      ])
  }

  private static func article(_ role: String) -> String { "aeiou".contains(role.first ?? "x") ? "an" : "a" }

  static func removed(_ removed: [AdministratorItem]) -> String {
    let count = removed.count == 1 ? "one certificate" : "\(removed.count) certificates"
    return Printable.text("\(removed.first?.name ?? "") may do nothing any more: \(count) removed") + "\n"
  }
}

/// What `-o json` says of a new identity.
struct AddedIdentity: Encodable {
  let name, role: String
  let profiles: [String]
  let fingerprint, serialNumber: String
  let notAfter: String?
  let certificate: String
  let key: String?

  init(_ administrator: AdministratorItem, _ files: IdentityFiles) {
    (name, role, profiles) = (administrator.name, administrator.role, administrator.profiles)
    (fingerprint, serialNumber) = (administrator.fingerprint, administrator.serialNumber)
    (notAfter, certificate, key) = (administrator.notAfter, files.certificate, PresentFile.path(files.key))
  }

  enum CodingKeys: String, CodingKey {
    case name, role, profiles, fingerprint
    case serialNumber = "serial_number"
    case notAfter = "not_after"
    case certificate, key
  }
}

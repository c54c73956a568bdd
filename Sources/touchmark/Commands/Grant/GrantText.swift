import AdministrationAPI

/// A grant for reading.
package enum GrantText {
  package static func render(_ issued: IssuedGrant, line: EnrollmentLine) -> String {
    Printable.text("\(issued.name) lets \(issued.uses) devices in") + "\n"
      + Table.facts([
        ("profile", issued.profile), ("secret", issued.secret),
        ("expires", ReadableTime.minute(issued.expires) + " UTC"),
      ])
      + "\nThe secret is shown this once. On a device, with curl and openssl, D being its own serial:\n\n\(line.text)\n"
  }

  package static func render(_ grant: GrantItem) -> String {
    let serials = grant.serialsFrom.map { "\($0)..\(grant.serialsTo ?? "")" } ?? grant.serials?.joined(separator: ", ")
    return Printable.text(grant.name) + "\n"
      + Table.facts([
        ("profile", grant.profile), ("uses", "\(grant.uses)"), ("issued", "\(grant.issued)"),
        ("repeated", "\(grant.repeated)"), ("refused", "\(grant.refused)"), ("left", "\(grant.left)"),
        ("lot", grant.lot), ("serials", serials), ("expires", ReadableTime.minute(grant.expires)),
        ("created", "\(ReadableTime.minute(grant.createdAt)) by \(grant.createdBy)"),
        ("revoked", ReadableTime.minute(grant.revokedAt)),
      ])
  }
}

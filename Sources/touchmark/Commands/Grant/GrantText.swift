import AdministrationAPI

/// A grant for reading.
package enum GrantText {
  /// - Parameter line: for a device that uses it itself; nil where a station does.
  package static func render(_ issued: IssuedGrant, line: EnrollmentLine?) -> String {
    Printable.text("\(issued.name) lets \(issued.uses) devices in") + "\n"
      + Table.facts([
        ("profile", issued.profile), ("secret", issued.secret),
        ("expires", ReadableTime.minute(issued.expires) + " UTC"),
      ])
      + "\nThe secret is shown this once. "
      + (line.map { "On a device, with curl and openssl, D being its own serial:\n\n\($0.text)\n" }
        ?? """
        On the station, the secret in a file:

        touchmark device enroll --csr DIR --grant \(issued.name) --secret-file FILE --out DIR --identity FILE

        """)
  }

  package static func render(_ grant: GrantItem) -> String {
    let serials = grant.serialsFrom.map { "\($0)..\(grant.serialsTo ?? "")" } ?? grant.serials?.joined(separator: ", ")
    return Printable.text(grant.name) + "\n"
      + Table.facts([
        ("profile", grant.profile), ("uses", "\(grant.uses)"), ("issued", "\(grant.issued)"),
        ("repeated", "\(grant.repeated)"), ("refused", "\(grant.refused)"), ("left", "\(grant.left)"),
        ("lot", grant.lot), ("serials", serials), ("station", grant.station),
        ("expires", ReadableTime.minute(grant.expires)),
        ("created", "\(ReadableTime.minute(grant.createdAt)) by \(grant.createdBy)"),
        ("revoked", ReadableTime.minute(grant.revokedAt)),
      ])
  }
}

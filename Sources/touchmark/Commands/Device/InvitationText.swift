import AdministrationAPI

/// A secret that is shown once, and the line that uses it.
package enum InvitationText {
  package static func render(_ invitation: Invitation, _ what: String) -> String {
    guard let secret = invitation.secret, let expires = invitation.expires else { return known(invitation, what) }
    let line = EnrollmentLine(
      url: invitation.url, rootSHA256: invitation.rootSHA256, name: invitation.serial, secret: secret)
    return Printable.text("\(invitation.serial) \(what)") + "\n"
      + Table.facts([
        ("profile", invitation.profile), ("secret", secret), ("expires", ReadableTime.minute(expires) + " UTC"),
        ("server", invitation.url), ("root SHA-256", invitation.rootSHA256),
      ])
      + "\nThe secret is shown this once. On the device, with curl and openssl:\n\n\(line.text)\n"
  }

  private static func known(_ invitation: Invitation, _ what: String) -> String {
    Printable.text("\(invitation.serial) \(what), and its key is known") + "\n"
      + Table.facts([
        ("profile", invitation.profile), ("server", invitation.url), ("root SHA-256", invitation.rootSHA256),
      ])
      + "\nIt enrolls with its serial as user name and an empty password, and a request signed by that key.\n"
  }
}

/// What `-o json` says of an invitation: what a device needs, and no more.
package struct InvitationSummary: Encodable, Sendable {
  let serial: String
  let profile: String
  let secret: String?
  let expires: String?
  let url: String
  let rootSHA256: String

  package init(_ invitation: Invitation) {
    (serial, profile, secret) = (invitation.serial, invitation.profile, invitation.secret)
    (expires, url, rootSHA256) = (invitation.expires, invitation.url, invitation.rootSHA256)
  }

  enum CodingKeys: String, CodingKey {
    case serial, profile, secret, expires, url
    case rootSHA256 = "root_sha256"
  }
}

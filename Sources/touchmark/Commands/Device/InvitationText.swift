import AdministrationAPI
import WireFormats

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
      + "\nThe secret is shown this once. On the device, with the secret in a file:\n\n"
      + "touchmark-agent enroll \(ShellText.quote(agentAddress(invitation))) --secret-file FILE\n"
      + "\nor with curl and openssl alone:\n\n\(line.text)\n"
  }

  /// The server, the name that the secret belongs to, and the root's fingerprint, as one address (docs/agent.md).
  private static func agentAddress(_ invitation: Invitation) -> String {
    let serial = invitation.serial.utf8.map { octet in
      isPlain(octet) ? String(UnicodeScalar(octet)) : "%" + Hex.encode([octet])
    }
    let parts = invitation.url.split(separator: "://", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return invitation.url }
    return "\(parts[0])://\(serial.joined())@\(parts[1])#sha256:\(invitation.rootSHA256)"
  }

  /// RFC 3986 §2.3: unreserved.
  private static func isPlain(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
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

import AuditLog
import Credentials
import WireFormats

/// The roots that an organization's devices trust, as its approvers signed them: the road for a device that no
/// certificate leads to a new root (docs/decisions/0011-trust-bundle.md).
///
/// Verification is a pure function, so that a device can run it with nothing but what it was made with.
public struct TrustBundle: ApprovedText, Hashable, Sendable {
  /// The organization's identifier.
  public var organization: String
  /// From 1 up; a device takes only a higher one than it has.
  public var number: Int64
  public var expires: Instant
  /// The version of the approvers' document that it is approved under.
  public var approvers: Int64
  /// The person who wrote it, who does not approve it.
  public var author: String
  /// DER of self-signed certificates, 1 to 8.
  public var roots: [[UInt8]]

  /// What its approvers' document is for.
  public static let purpose = "trust-bundle"
  static let title = "touchmark/trust-bundle/v1"
  static let maximumRoots = 8

  public init(
    organization: String, number: Int64, expires: Instant, approvers: Int64, author: String, roots: [[UInt8]]
  ) {
    (self.organization, self.number, self.expires) = (organization, number, expires)
    (self.approvers, self.author, self.roots) = (approvers, author, roots)
  }

  /// What is signed.
  public var text: String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("organization", organization)
    text.add("number", "\(number)")
    text.add("expires", "\(expires)")
    text.add("approvers", "\(approvers)")
    text.add("author", author)
    for root in roots {
      text.add("root-sha256", (try? Certificate(parsing: root)).map { Hex.encode($0.fingerprint) } ?? "unreadable")
      text.add("root", Base64.encode(root))
    }
    return text.text
  }

  public init(text: String) throws(ApprovalError) { self = try Self.read(text) }

  init(lines text: String) throws(LineError) {
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    organization = try lines.take("organization")
    number = try lines.take("number", Statement.number)
    expires = try lines.take("expires") { Instant($0) }
    approvers = try lines.take("approvers", Statement.number)
    author = try lines.take("author") { Statement.isName($0) ? $0 : nil }
    roots = []
    repeat {
      guard roots.count < Self.maximumRoots else { throw LineError(expected: "the end") }
      _ = try lines.take("root-sha256")
      roots.append(try lines.take("root", Self.root))
    } while !lines.isAtEnd
    guard Set(roots).count == roots.count else { throw LineError(expected: "another root") }
  }

  /// A certificate that can be a root: it signed itself, and may sign others.
  private static func root(_ text: String) -> [UInt8]? {
    guard let octets = Base64.decode(Array(text.utf8)), let certificate = try? Certificate(parsing: octets),
      certificate.isAuthority, certificate.isSelfIssued, let key = certificate.publicKey, certificate.isSigned(by: key)
    else { return nil }
    return octets
  }

  /// Reads a bundle and believes it only when enough approvers signed it.
  ///
  /// - Parameters:
  ///   - approvers: the version of the approvers' document that is held.
  ///   - held: the number of the bundle that is held; 0 for none.
  ///   - time: a time that is believed, such as a signed one; nil for a device without, which then goes by the number
  ///     alone.
  /// - Throws: the first reason for which it is not taken.
  public static func verify(
    _ text: String, organization: String, approvers: ApproverDocument, held: Int64, at time: Instant?
  ) throws(ApprovalError) -> TrustBundle {
    guard let note = try? SignedNote(parsing: text) else { throw .malformed("a signed note") }
    let bundle = try TrustBundle(text: note.text)
    guard bundle.organization == organization, approvers.organization == organization else {
      throw .wrongOrganization(bundle.organization == organization ? approvers.organization : bundle.organization)
    }
    guard approvers.purpose == purpose else { throw .wrongPurpose(approvers.purpose) }
    guard bundle.approvers == approvers.number else { throw .wrongDocument(bundle.approvers) }
    guard bundle.number > held else { throw .notNewer(held) }
    if let time, time > bundle.expires { throw .expired }
    try approvers.check(note, author: bundle.author, at: time)
    return bundle
  }
}

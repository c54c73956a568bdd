import Credentials
import Registry
import WireFormats

/// A published revocation list, as an operator hands it to a restore.
public struct GivenList: Hashable, Sendable {
  /// What errors call it: its file.
  public var name: String
  /// DER.
  public var octets: [UInt8]
  /// Whether it only lay beside others: one of an authority that the backup does not know is then passed over.
  public var isBesideOthers: Bool

  public init(name: String, octets: [UInt8], isBesideOthers: Bool = false) {
    (self.name, self.octets, self.isBesideOthers) = (name, octets, isBesideOthers)
  }
}

/// The lists of a restore, each with the authority that signed it, and the authorities whose list is left out on purpose.
///
/// What was revoked since the backup, a removed administrator's certificate among it, is known from these lists alone:
/// each authority that publishes one must be answered for.
struct PublishedLists: Sendable {
  struct Published: Sendable {
    let list: CertificateRevocationList
    let number: Int64
    let authority: AuthorityRecord
  }

  let published: [Published]
  /// Those of which no list was given, because the operator said so.
  let leftOut: [AuthorityRecord]
  /// Names of lists whose authority the backup does not know.
  let passedOver: [String]

  /// - Throws: `badRequest` for what is no list of ours, or a name that is no authority's; `conflict` for a list that says
  ///   less than the backup, and where a list is missing.
  init(
    _ terms: RestoreTerms, in reader: any StoreReader, of organization: OrganizationID, at now: Instant
  ) throws {
    let authorities = try reader.authorities(in: organization)
    let (published, passedOver) = try Self.read(terms.revocationLists, among: authorities) {
      try reader.revocationList(of: $0, in: organization)?.number ?? 0
    }
    for name in terms.withoutLists where !authorities.contains(where: { $0.isCalled(name) }) {
      throw Refusal(
        .badRequest, "no authority of this backup is called \(name)",
        hint: "they are " + authorities.map(\.called).joined(separator: ", "))
    }
    let given = Set(published.map(\.authority.id))
    let missing = try authorities.filter { authority in
      guard !given.contains(authority.id), authority.state != .standby, now <= authority.notAfter else { return false }
      // A root's list is made ahead; that of a root elsewhere is somebody else's.
      return try authority.purpose.isIssuing
        || (authority.state == .active && reader.revocationList(of: authority.id, in: organization) != nil)
    }
    let unanswered = missing.filter { authority in !terms.withoutLists.contains { authority.isCalled($0) } }
    guard unanswered.isEmpty else {
      throw Refusal(
        .conflict,
        "the last published revocation list is missing of " + unanswered.map(\.called).joined(separator: ", "),
        hint: "give each with --crl (http://…/crl/IDENTIFIER.crl), or say --without-crl NAME: what that authority "
          + "revoked since the backup is then forgotten, a removed administrator's certificate under installation too")
    }
    (self.published, leftOut, self.passedOver) = (published, missing, passedOver)
  }

  private static func read(
    _ lists: [GivenList], among authorities: [AuthorityRecord], known: (AuthorityID) throws -> Int64
  ) throws -> (published: [Published], passedOver: [String]) {
    var published: [Published] = []
    var passedOver: [String] = []
    for given in lists {
      if let list = try read(given, among: authorities, known: known) {
        published.append(list)
      } else {
        passedOver.append(given.name)
      }
    }
    return (published, passedOver)
  }

  /// A list counts only under the key of the authority that it names.
  private static func read(
    _ given: GivenList, among authorities: [AuthorityRecord], known: (AuthorityID) throws -> Int64
  ) throws -> Published? {
    guard let list = try? CertificateRevocationList(parsing: given.octets), let number = list.number else {
      throw Refusal(
        .badRequest, "\(given.name) is no revocation list that can be read",
        hint: "it is DER or PEM, as http://…/crl/IDENTIFIER.crl gives it")
    }
    guard let authority = authorities.first(where: { $0.signed(list) }) else {
      if given.isBesideOthers { return nil }
      throw Refusal(
        .badRequest, "\(given.name) is not signed by an authority of this organization",
        hint: "give the lists that this organization's own authorities published")
    }
    guard number >= (try known(authority.id)) else {
      throw Refusal(
        .conflict, "\(given.name) is older than the list of \(authority.called) that the backup holds",
        hint: "find the last one that was published; verifiers and caches keep it")
    }
    return Published(list: list, number: number, authority: authority)
  }

  /// For the log: which lists were used, and of when they are.
  var used: String {
    published.map { "\($0.authority.called) number \($0.number) of \($0.list.thisUpdate)" }.joined(separator: ", ")
  }
}

extension AuthorityRecord {
  /// As people name it: its name, which several may have in turn, and the identifier that stands in its addresses.
  var called: String { "\(name) (\(id))" }

  fileprivate func isCalled(_ text: String) -> Bool { text == id.rawValue || text == name.rawValue }

  fileprivate func signed(_ list: CertificateRevocationList) -> Bool {
    guard subject == list.issuer, let own = try? Certificate(parsing: certificate), let key = own.publicKey else {
      return false
    }
    return list.isSigned(by: key)
  }
}

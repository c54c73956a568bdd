import Credentials
import Registry
import WireFormats

/// What is carried from the root's machine to the one that will issue: certificates and lists, and no key.
extension FoundedRoots {
  static let title = "touchmark/ceremony-root/v1"
  static let maximumOctets = 256 * 1024

  public var text: String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("organization", organization.id.rawValue)
    text.add("name", organization.name)
    text.add("made-at", "\(organization.createdAt)")
    text.add("address", addresses.publicHTTP)
    for record in [root, successor] {
      text.add(record.purpose.rawValue, record.id.rawValue)
      text.add("key", record.keyName)
      text.add("certificate", Base64.encode(record.certificate))
    }
    text.add("road", Base64.encode(road.certificate))
    for list in lists { text.add("list", "\(list.nextUpdate) \(Base64.encode(list.encoded))") }
    return text.text
  }

  /// - Throws: `badRequest` for a text that is none, or whose certificates and lists the two roots did not sign.
  public init(text: String) throws(Refusal) {
    guard text.utf8.count <= Self.maximumOctets else { throw Self.malformed("it is too long") }
    do throws(LineError) {
      try self.init(lines: text)
    } catch {
      throw Self.malformed("the line '\(error.expected)' is not there as it should be")
    }
    guard self.text == text else { throw Self.malformed("a line is written otherwise") }
    try check()
  }

  private static func malformed(_ what: String) -> Refusal {
    Refusal(.badRequest, "this is no root of a ceremony: \(what)", hint: "carry the file root-package here again")
  }

  private init(lines text: String) throws(LineError) {
    func octets(_ text: some StringProtocol) -> [UInt8]? { Base64.decode(Array(text.utf8)) }
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    let id = try lines.take("organization", OrganizationID.init(rawValue:))
    let name = try lines.take("name")
    let at = try lines.take("made-at") { Instant($0) }
    organization = OrganizationRecord(id: id, name: name, createdAt: at, auditEpoch: 1)
    addresses = Addresses(publicHTTP: try lines.take("address"), isDemonstration: false)
    root = try Self.record(.root, .active, organization, &lines)
    successor = try Self.record(.successor, .standby, organization, &lines)
    let crossing = try lines.take("road", octets)
    road = RolloverCertificate(
      organization: id, subject: successor.id, issuer: root.id, kind: .newWithOld, certificate: crossing,
      notAfter: .noExpiry, createdAt: at)
    var lists: [RevocationList] = []
    for record in [root, successor] {
      lists.append(
        try lines.take("list") { text in
          let parts = text.split(separator: " ", omittingEmptySubsequences: false)
          guard parts.count == 2, let next = Instant(String(parts[0])), let encoded = octets(parts[1]) else {
            return nil
          }
          return RevocationList(
            authority: record.id, number: 1, thisUpdate: at.wholeSecond, nextUpdate: next, encoded: encoded)
        })
    }
    self.lists = lists
    guard lines.isAtEnd else { throw LineError(expected: "the end") }
  }

  private static func record(
    _ purpose: AuthorityRecord.Purpose, _ state: AuthorityRecord.State, _ organization: OrganizationRecord,
    _ lines: inout LineReader
  ) throws(LineError) -> AuthorityRecord {
    let id = try lines.take(purpose.rawValue, AuthorityID.init(rawValue:))
    let key = try lines.take("key")
    let certificate = try lines.take("certificate") { text in
      Base64.decode(Array(text.utf8)).flatMap { try? Certificate(parsing: $0) }
    }
    return FoundedRoots.record(
      id, of: organization, purpose, certificate, keyName: key, state: state, at: organization.createdAt)
  }

  /// As a root's own answer is checked: each certificate and list by the key that has to have signed it.
  private func check() throws(Refusal) {
    guard let issuer = try? Certificate(parsing: root.certificate),
      let next = try? Certificate(parsing: successor.certificate),
      let key = issuer.publicKey, let other = next.publicKey, issuer.isSelfIssued, issuer.isAuthority,
      issuer.isSigned(by: key), issuer.keyUsage == [.keyCertSign, .cRLSign], key != other,
      lists.count == 2
    else { throw Self.malformed("its certificates are no roots") }
    let reference = RootReference(id: root.id, certificate: issuer)
    _ = try FoundTask(
      by: reference, id: successor.id, name: next.subject, algorithm: other.algorithm, nextUpdate: lists[1].nextUpdate
    ).check(root: next.encoded, newWithOld: road.certificate, list: lists[1].encoded)
    _ = try ListTask(by: reference, number: 1, nextUpdate: lists[0].nextUpdate, entries: []).check(lists[0].encoded)
  }

  /// The root as requests name it.
  func reference() throws(Refusal) -> RootReference {
    guard let certificate = try? Certificate(parsing: root.certificate) else {
      throw Self.malformed("the root's certificate cannot be read")
    }
    return RootReference(id: root.id, certificate: certificate)
  }
}

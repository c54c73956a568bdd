import AuditLog
import Credentials
import Registry
import WireFormats

extension RootRequest {
  static let title = "touchmark/root-request/v1"

  /// What is signed and read.
  public var text: String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("request", id.rawValue)
    text.add("organization", organization.rawValue)
    text.add("name", name)
    text.add("act", act.rawValue)
    text.add("subject", subject.rawValue)
    if let reason { text.add("reason", reason.name) }
    if let addition {
      text.add("authority", addition.name.rawValue)
      text.add("kind", addition.purpose.rawValue)
    }
    text.add("asked-by", askedBy)
    text.add("asked-at", "\(askedAt)")
    text.add("expires", "\(expiresAt)")
    text.add("address", address)
    if !approvers.isEmpty { text.add("approvers", "\(approvers.count)") }
    for note in approvers { text.add("approver-document", Base64.encode(Array(note.utf8))) }
    for task in tasks {
      text.block()
      task.write(to: &text)
    }
    return text.text
  }

  /// - Throws: `badRequest` for a text that is not exactly what these values are written as.
  public init(text: String) throws(Refusal) {
    guard text.utf8.count <= Self.maximumOctets else { throw Self.malformed("it is too long") }
    do throws(LineError) {
      try self.init(lines: text)
    } catch {
      throw Self.malformed("the line '\(error.expected)' is not there as it should be")
    }
    // The lines that are there for people (names, fingerprints) are derived: this is where they are held to the rest.
    guard self.text == text else { throw Self.malformed("a line does not fit the others") }
  }

  private static func malformed(_ what: String) -> Refusal {
    Refusal(.badRequest, "this is no request to a root: \(what)")
  }

  private init(lines text: String) throws(LineError) {
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    id = try lines.take("request", RootRequestID.init(rawValue:))
    organization = try lines.take("organization", OrganizationID.init(rawValue:))
    name = try lines.take("name")
    act = try lines.take("act", Act.init(rawValue:))
    subject = try lines.take("subject", AuthorityID.init(rawValue:))
    reason = lines.takeIfAny("reason").flatMap { RevocationReason(name: $0) }
    if act == .addAuthority {
      addition = Addition(
        name: try lines.take("authority", AuthorityName.init(rawValue:)),
        purpose: try lines.take("kind", AuthorityRecord.Purpose.init(rawValue:)))
    }
    askedBy = try lines.take("asked-by")
    askedAt = try lines.take("asked-at") { Instant($0) }
    expiresAt = try lines.take("expires") { Instant($0) }
    address = try lines.take("address")
    approvers = try Self.documents(&lines)
    tasks = []
    while !lines.isAtEnd {
      guard tasks.count < Self.maximumTasks else { throw LineError(expected: "the end") }
      try lines.take(line: "")
      tasks.append(try RootTask(&lines))
    }
  }
}

extension RootRequest {
  /// They are numbered from 1 without gaps, so that their count is the version in force.
  private static func documents(_ lines: inout LineReader) throws(LineError) -> [String] {
    guard lines.takeIfAny("approvers") != nil else { return [] }
    var notes: [String] = []
    repeat {
      guard notes.count < maximumDocuments else { throw LineError(expected: "the tasks") }
      notes.append(
        try lines.take("approver-document") { text in
          Base64.decode(Array(text.utf8)).flatMap { String(validating: $0, as: UTF8.self) }
        })
    } while lines.nextName == "approver-document"
    return notes
  }
}

extension RootTask {
  fileprivate func write(to text: inout LineText) {
    switch self {
    case .certify(let task): task.write(to: &text)
    case .list(let task): task.write(to: &text)
    case .found(let task): task.write(to: &text)
    case .epoch(let task): task.write(to: &text)
    }
  }

  fileprivate init(_ lines: inout LineReader) throws(LineError) {
    switch lines.nextName {
    case "certify": self = .certify(try CertifyTask(&lines))
    case "list": self = .list(try ListTask(&lines))
    case "found": self = .found(try FoundTask(&lines))
    case "statement": self = .epoch(try EpochTask(&lines))
    default: throw LineError(expected: "certify, list, found or statement")
    }
  }
}

extension RootReference {
  fileprivate func write(to text: inout LineText) {
    text.add("by", id.rawValue)
    text.add("by-name", "\(certificate.subject)")
    text.add("by-sha256", Hex.encode(certificate.fingerprint))
    text.add("by-certificate", Base64.encode(certificate.encoded))
  }

  fileprivate init(_ lines: inout LineReader) throws(LineError) {
    id = try lines.take("by", AuthorityID.init(rawValue:))
    _ = try lines.take("by-name")
    _ = try lines.take("by-sha256")
    certificate = try lines.take("by-certificate") { text in
      Base64.decode(Array(text.utf8)).flatMap { try? Certificate(parsing: $0) }
    }
  }
}

extension CertifyTask {
  fileprivate func write(to text: inout LineText) {
    text.add("certify", kind.rawValue)
    issuer.write(to: &text)
    text.add("for", subject.rawValue)
    text.add("for-name", "\(name)")
    text.add("for-name-der", Base64.encode(name.encoded))
    text.add("for-key", "\(publicKey.algorithm.rawValue) sha256 \(Hex.encode(publicKey.keyHash))")
    text.add("for-key-der", Base64.encode(publicKey.encoded))
    text.add("until", notAfter == .noExpiry ? "no expiry" : "\(notAfter)")
    if let proof { text.add("proof", Base64.encode(proof)) }
  }

  fileprivate init(_ lines: inout LineReader) throws(LineError) {
    kind = try lines.take("certify", Kind.init(rawValue:))
    issuer = try RootReference(&lines)
    subject = try lines.take("for", AuthorityID.init(rawValue:))
    _ = try lines.take("for-name")
    name = try lines.take("for-name-der", DistinguishedName.init(base64:))
    _ = try lines.take("for-key")
    publicKey = try lines.take("for-key-der") { text in
      Base64.decode(Array(text.utf8)).flatMap { try? SubjectPublicKeyInfo(parsing: $0) }
    }
    notAfter = try lines.take("until") { $0 == "no expiry" ? .noExpiry : Instant($0) }
    if lines.nextName == "proof" { proof = try lines.take("proof") { Base64.decode(Array($0.utf8)) } }
  }
}

extension ListTask {
  fileprivate func write(to text: inout LineText) {
    text.add("list", "\(number)")
    issuer.write(to: &text)
    text.add("next-update", "\(nextUpdate)")
    for entry in entries {
      text.add("revoked", "\(entry.serial) \(entry.revokedAt) \((entry.reason ?? .unspecified).name)")
    }
  }

  fileprivate init(_ lines: inout LineReader) throws(LineError) {
    number = try lines.take("list") { Int64($0) }
    issuer = try RootReference(&lines)
    nextUpdate = try lines.take("next-update") { Instant($0) }
    entries = []
    while lines.nextName == "revoked" { entries.append(try lines.take("revoked", CRLEntry.init(line:))) }
  }
}

extension FoundTask {
  fileprivate func write(to text: inout LineText) {
    text.add("found", id.rawValue)
    issuer.write(to: &text)
    text.add("root-name", "\(name)")
    text.add("root-name-der", Base64.encode(name.encoded))
    text.add("algorithm", algorithm.rawValue)
    text.add("next-update", "\(nextUpdate)")
  }

  fileprivate init(_ lines: inout LineReader) throws(LineError) {
    id = try lines.take("found", AuthorityID.init(rawValue:))
    issuer = try RootReference(&lines)
    _ = try lines.take("root-name")
    name = try lines.take("root-name-der", DistinguishedName.init(base64:))
    algorithm = try lines.take("algorithm", KeyAlgorithm.init(rawValue:))
    nextUpdate = try lines.take("next-update") { Instant($0) }
  }
}

extension EpochTask {
  fileprivate func write(to text: inout LineText) {
    for line in statement.text.split(separator: "\n") { text.add("statement", String(line)) }
    issuer.write(to: &text)
  }

  fileprivate init(_ lines: inout LineReader) throws(LineError) {
    var text = ""
    while lines.nextName == "statement" { text += try lines.take("statement") + "\n" }
    guard let statement = EpochStatement(text) else { throw LineError(expected: "statement") }
    self.statement = statement
    issuer = try RootReference(&lines)
  }
}

extension DistinguishedName {
  fileprivate init?(base64 text: String) {
    guard let octets = Base64.decode(Array(text.utf8)), let name = try? DistinguishedName(parsing: octets) else {
      return nil
    }
    self = name
  }
}

extension CRLEntry {
  fileprivate init?(line: String) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, let serial = SerialNumber(hex: parts[0]), let at = Instant(String(parts[1])),
      let reason = RevocationReason(name: parts[2])
    else { return nil }
    self.init(serial: serial, revokedAt: at, reason: reason)
  }
}

import Approval
import AuditLog
import Credentials
import Crypto
import KeyCustody
import Registry
import WireFormats

extension CeremonyTranscript {
  /// How long approvers have for the last step.
  private static let approvalTime = Span.days(14)

  /// What approvers sign for the last step; nil where there are none, or the last step is not next.
  public var statement: RootStatement? {
    guard next == .signTranscript, let first = entries.first, let root = first.root, !first.documents.isEmpty,
      let last = entries.last
    else { return nil }
    return RootStatement(
      organization: organization.rawValue, act: Step.signTranscript.rawValue, subject: root.rawValue,
      approvers: Int64(first.documents.count), expires: last.at + Self.approvalTime,
      digest: Array(SHA256.hash(data: Array(text.utf8))))
  }

  /// The document that the ceremony's approvers stand in; nil where there are none.
  func approverDocument() throws(Refusal) -> ApproverDocument? {
    guard let note = entries.first?.documents.first else { return nil }
    do throws(ApprovalError) {
      return try .first(note: note, organization: organization.rawValue, purpose: RootStatement.purpose, at: nil)
    } catch {
      throw TrustBundleService.refusal(error, "the approvers' document of this ceremony")
    }
  }

  /// Adds the last step.
  ///
  /// - Parameter approval: the statement with the approvers' signatures, where there are any.
  /// - Returns: what the root's key may be opened for; there is no other way to one.
  public func closed(_ entry: Entry, approval: String?) throws(Refusal) -> ClosedCeremony {
    var (closed, entry) = (self, entry)
    if let document = try approverDocument(), let statement {
      try Self.check(approval, statement, document, at: entry.at)
      entry.approval = approval
    }
    try closed.append(entry)
    guard let root = entries.first?.root else { throw Refusal(.badRequest, "the transcript names no root") }
    return ClosedCeremony(transcript: closed, root: root)
  }

  fileprivate static func check(
    _ approval: String?, _ statement: RootStatement, _ document: ApproverDocument, at time: Instant
  ) throws(Refusal) {
    let cure =
      "touchmark approver sign transcript --person NAME --key KEY --out SIGNATURE, each on the own machine; "
      + "touchmark approver assemble SIGNATURE… --out NOTE; then --approval NOTE"
    guard let approval else {
      throw Refusal(
        .forbidden, "\(document.threshold) of \(document.persons.count) approvers have to approve the transcript",
        hint: cure)
    }
    do throws(ApprovalError) { _ = try statement.verify(approval, approvers: document, at: time) } catch {
      let refusal = TrustBundleService.refusal(error, "the approval")
      throw Refusal(refusal.code, refusal.reason, hint: cure)
    }
  }

  fileprivate static func rootName(_ root: AuthorityID, _ organization: OrganizationID) -> String {
    ["touchmark", organization.rawValue, "root", root.rawValue].joined(separator: "/")
  }

  /// C2SP signed-note: 0xFF is for kinds of keys that have no number; here any that a root can have.
  fileprivate static func keyHash(_ name: String, _ key: SubjectPublicKeyInfo) -> [UInt8] {
    Array(SHA256.hash(data: Array(name.utf8) + [0x0A, 0xFF] + key.encoded).prefix(4))
  }
}

/// A ceremony with all its steps, which approvers, where there are any, have approved.
public struct ClosedCeremony: Sendable {
  public let transcript: CeremonyTranscript
  let root: AuthorityID

  fileprivate init(transcript: CeremonyTranscript, root: AuthorityID) {
    (self.transcript, self.root) = (transcript, root)
  }

  /// The signed transcript: a note with a line of the root's key.
  public func signed(by signer: any Signer) async throws(Refusal) -> String {
    let (text, name) = (transcript.text, CeremonyTranscript.rootName(root, transcript.organization))
    let signature: [UInt8]
    do { signature = try await signer.sign(Array(text.utf8)) } catch { throw Refusal.signing(error) }
    let line = NoteSignature(
      name: name, keyHash: CeremonyTranscript.keyHash(name, signer.publicKey), signature: signature)
    return SignedNote(unsigned: text).adding(line).description
  }
}

/// A signed transcript that was verified.
public struct VerifiedCeremony: Sendable {
  public let transcript: CeremonyTranscript
  /// Who approved the transcript; empty where nobody had to.
  public let approvers: [String]

  /// - Parameter root: the root's certificate, from wherever it is trusted.
  /// - Throws: what is wrong with the file: no whole transcript, not signed by this root, not approved.
  public init(_ note: String, root: Certificate) throws(Refusal) {
    guard let signed = try? SignedNote(parsing: note) else {
      throw Refusal(
        .badRequest, "this is no signed transcript", hint: "a transcript is signed in the ceremony's last step")
    }
    let transcript = try CeremonyTranscript(text: signed.text)
    self.transcript = transcript
    guard transcript.next == nil, let first = transcript.entries.first, let last = transcript.entries.last else {
      throw Refusal(.badRequest, "the transcript lacks its last steps")
    }
    guard let key = root.publicKey, let id = first.root,
      let line = signed.signatures.first(where: { line in
        line.name == CeremonyTranscript.rootName(id, transcript.organization)
          && line.keyHash == CeremonyTranscript.keyHash(line.name, key)
      })
    else { throw Refusal(.forbidden, "the transcript is not signed by this root") }
    guard
      key.isValidSignature(
        line.signature, over: Array(signed.text.utf8), algorithm: key.algorithm.signatureAlgorithm)
    else { throw Refusal(.forbidden, "the root's signature is not over this text") }
    guard first.shown.contains(CeremonyText.fingerprint("root", root)) else {
      throw Refusal(.forbidden, "the transcript is of another root's ceremony")
    }
    guard let document = try transcript.approverDocument() else {
      approvers = []
      return
    }
    approvers = try Self.persons(transcript, document, last)
  }

  private static func persons(
    _ transcript: CeremonyTranscript, _ document: ApproverDocument, _ last: CeremonyTranscript.Entry
  ) throws(Refusal) -> [String] {
    var before = CeremonyTranscript(organization: transcript.organization, name: transcript.name)
    for entry in transcript.entries.dropLast() { try before.append(entry) }
    guard let statement = before.statement, let approval = last.approval else {
      throw Refusal(.forbidden, "the transcript names approvers, and none approved it")
    }
    do throws(ApprovalError) { return try statement.verify(approval, approvers: document, at: last.at) } catch {
      throw TrustBundleService.refusal(error, "the approval in the transcript")
    }
  }
}

/// How names and fingerprints stand in a transcript.
public enum CeremonyText {
  public static func fingerprint(_ what: String, _ certificate: Certificate) -> String {
    "\(what) \(certificate.subject) sha256 \(Hex.encode(certificate.fingerprint))"
  }

  /// What a root certifies, as both machines show it.
  public static func asked(_ task: CertifyTask) -> String {
    let until = task.notAfter == .noExpiry ? "no expiry" : "\(task.notAfter)"
    return
      "authority \(task.name) key \(task.publicKey.algorithm.rawValue) sha256 \(Hex.encode(task.publicKey.keyHash)) "
      + "until \(until) path length 0, signs certificates and lists"
  }
}

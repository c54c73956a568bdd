import Approval
import AuditLog
import Credentials
import Issuance

/// Texts that are carried between machines and signed: requests to a root, its answers, and what approvers sign.
enum StatementInput {
  /// With its signatures, or the text alone. What is read is written again, and must be what was read.
  static func takesRequest(_ text: String) -> Bool {
    if let request = try? RootRequest.unverified(note: text) { return isWhole(request) }
    return (try? RootRequest(text: text)).map(isWhole) ?? false
  }

  private static func isWhole(_ request: RootRequest) -> Bool {
    precondition((try? RootRequest(text: request.text)) == request, "a request is read as another one")
    return !request.issuers.isEmpty
  }

  static func takesAnswer(_ text: String) -> Bool {
    guard let answer = try? RootAnswer(text: text) else { return false }
    precondition((try? RootAnswer(text: answer.text)) == answer, "an answer is read as another one")
    // What installing it reads first.
    for part in answer.parts {
      switch part {
      case .certificate(let octets): _ = try? Certificate(parsing: octets)
      case .list(let octets): _ = try? CertificateRevocationList(parsing: octets)
      case .founded(let root, let road, let list):
        _ = (try? Certificate(parsing: root), try? Certificate(parsing: road))
        _ = try? CertificateRevocationList(parsing: list)
      case .signature: continue
      }
    }
    return !answer.parts.isEmpty
  }

  /// A trust bundle or an approvers' document, with its signatures or without.
  static func takesApproved(_ text: String) -> Bool {
    let statement = (try? SignedNote(parsing: text))?.text ?? text
    if let bundle = try? TrustBundle(text: statement) {
      precondition((try? TrustBundle(text: bundle.text)) == bundle, "a bundle is read as another one")
      return true
    }
    guard let document = try? ApproverDocument(text: statement) else { return false }
    precondition((try? ApproverDocument(text: document.text)) == document, "a document is read as another one")
    // As an installation that is made with it does, and a device that has it.
    _ = try? ApproverDocument.first(
      note: text, organization: document.organization, purpose: document.purpose, at: nil)
    _ = try? TrustBundle.verify(text, organization: document.organization, approvers: document, held: 0, at: nil)
    return true
  }
}

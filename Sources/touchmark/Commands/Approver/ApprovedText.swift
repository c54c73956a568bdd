import Approval
import Issuance

/// What an approver reads and what is signed: for a file that asks for something, a statement made from it.
enum ApprovedText {
  /// Only what is understood is signed.
  ///
  /// - Returns: what is shown beside the statement, and the statement.
  static func read(_ file: String, named name: String) throws(CommandFailure) -> (shown: String?, statement: String) {
    if (try? ApproverDocument(text: file)) != nil || (try? TrustBundle(text: file)) != nil { return (nil, file) }
    if let request = try? RootRequest.unverified(note: file) {
      do { return (request.text, try RootApproval.statement(for: request, note: file).text) } catch {
        throw CommandFailure(.refused, error.reason, hint: error.hint)
      }
    }
    if let transcript = try? CeremonyTranscript(text: file) {
      guard let statement = transcript.statement else {
        throw CommandFailure(
          .refused, "\(name) is not approved now: it names no approvers, or its last step is not the next one",
          hint: "touchmark authority ceremony status")
      }
      return (transcript.text, statement.text)
    }
    throw CommandFailure(
      .refused, "\(name) is neither an approvers' document nor a trust bundle, a request to a root or a transcript")
  }
}

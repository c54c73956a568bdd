import Approval
import ArgumentParser
import AuditLog
import Issuance
import WireFormats

struct ApproverDocumentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "document", abstract: "Writes a version of the approvers' document, for its approvers to sign.",
    discussion: """
      Every person in the first version signs it. A later one is signed by enough persons of the version before, and by \
      everyone who is new in it.
      """)

  @Option(help: ArgumentHelp("The organization's identifier.", valueName: "id"))
  var organization: String

  @Option(help: "What they approve: trust-bundle, or root-ceremony, which is every act on a root.")
  var purpose: String = TrustBundle.purpose

  @Option(help: "The version: 1, or one more than the last.") var number: Int64 = 1
  @Option(help: "How many persons it takes, at least 2.") var threshold: Int = 2

  @Option(
    name: .customLong("approver"),
    help: ArgumentHelp("A person and a key that the person made; repeatable.", valueName: "person=key"))
  var approvers: [String]

  @Option(help: ArgumentHelp("How long it holds.", valueName: "span")) var lifetime: String = "5y"
  @Option(help: ArgumentHelp("The file to make.", valueName: "file")) var out: String

  func validate() throws {
    guard ApproverDocument.purposes.contains(purpose) else {
      throw ValidationError("--purpose is one of " + ApproverDocument.purposes.joined(separator: ", "))
    }
  }

  func run() async throws {
    guard let span = Span(lifetime) else { throw CommandFailure(.usage, "--lifetime is a span such as 5y") }
    let document = ApproverDocument(
      organization: organization, purpose: purpose, number: number, threshold: threshold,
      expires: systemClock().wholeSecond + span, approvers: try approvers.map(Self.approver))
    try Approving.check { () throws(ApprovalError) in try ApproverDocument(text: document.text) }
    try PrivateFile.create(out, document.text)
    StandardError.hint("each approver, on the own machine: touchmark approver sign \(out) --key KEY --out SIGNATURE")
  }

  private static func approver(_ text: String) throws(CommandFailure) -> ApproverDocument.Approver {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let key = NoteKey(String(parts[1])) else {
      throw CommandFailure(.usage, "'\(text)' is not PERSON=KEY", hint: "touchmark approver key prints the key")
    }
    return ApproverDocument.Approver(person: String(parts[0]), key: key)
  }
}

/// What the commands about statements share.
enum Approving {
  @discardableResult
  static func check<T>(_ body: () throws(ApprovalError) -> T) throws(CommandFailure) -> T {
    do throws(ApprovalError) { return try body() } catch { throw CommandFailure(.refused, "\(error)") }
  }
}

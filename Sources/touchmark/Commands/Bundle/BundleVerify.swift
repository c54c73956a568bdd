import Approval
import ArgumentParser
import Credentials
import Issuance
import WireFormats

struct BundleVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verifies a trust bundle as a device does. No server is asked.")

  @Argument(help: "The bundle's file; - is standard input.") var bundle: String

  @Option(
    name: .customLong("approvers"),
    help: ArgumentHelp("The signed approvers' documents, the first one first; repeatable.", valueName: "file"))
  var documents: [String]

  @Option(help: ArgumentHelp("The organization's identifier.", valueName: "id")) var organization: String
  @Option(help: "The number of the bundle that is held.") var held: Int64 = 0
  @Option(help: ArgumentHelp("The time that is believed (default: this machine's).", valueName: "time")) var at: String?

  func run() async throws {
    guard let time = at.map({ Instant($0) }) ?? systemClock() else {
      throw CommandFailure(.usage, "--at is a time such as 2026-11-21T08:00:00Z")
    }
    let notes = try documents.map { try InputFile.text($0) }
    let text = try InputFile.text(bundle)
    let verified = try Approving.check { () throws(ApprovalError) in
      guard let pinned = notes.first else { throw ApprovalError.malformed("an approvers' document") }
      // Versions that have ended still lead to the one in force.
      var approvers = try ApproverDocument.first(
        note: pinned, organization: organization, purpose: TrustBundle.purpose, at: nil)
      for note in notes.dropFirst() { approvers = try approvers.next(note: note, at: nil) }
      return try TrustBundle.verify(text, organization: organization, approvers: approvers, held: held, at: time)
    }
    for root in verified.roots { StandardOutput.write(PEM(label: "CERTIFICATE", bytes: root).text) }
    StandardError.say("trust bundle \(verified.number) is approved, with \(verified.roots.count) roots")
  }
}

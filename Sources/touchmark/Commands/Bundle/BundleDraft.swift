import AdministrationAPI
import Approval
import ArgumentParser
import Issuance
import WireFormats

struct BundleDraft: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft", abstract: "Writes a trust bundle for its approvers to sign.",
    discussion: "Its author is no approver of it. Without --root it holds the root in force and the one that waits.")

  @Option(help: ArgumentHelp("The organization's identifier.", valueName: "id"))
  var organization: String

  @Option(help: "A number higher than the last bundle's.") var number: Int64
  @Option(help: "The version of the approvers' document.") var approvers: Int64 = 1
  @Option(help: "The person who writes it.") var author: String
  @Option(help: ArgumentHelp("How long it may be taken.", valueName: "span")) var lifetime: String = "1y"

  @Option(
    name: .customLong("root"), help: ArgumentHelp("PEM of the roots, instead of asking the server.", valueName: "file"))
  var files: [String] = []

  @Option(help: ArgumentHelp("The file to make.", valueName: "file")) var out: String
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    guard let span = Span(lifetime) else { throw CommandFailure(.usage, "--lifetime is a span such as 1y") }
    let bundle = TrustBundle(
      organization: organization, number: number, expires: systemClock().wholeSecond + span, approvers: approvers,
      author: author, roots: try await roots())
    try Approving.check { () throws(ApprovalError) in try TrustBundle(text: bundle.text) }
    try PrivateFile.create(out, bundle.text)
    StandardError.hint("each approver, on the own machine: touchmark approver sign \(out) --key KEY --out SIGNATURE")
  }

  private func roots() async throws -> [[UInt8]] {
    guard files.isEmpty else { return try files.flatMap { try Self.certificates(try InputFile.text($0), $0) } }
    var items: [AuthorityItem] = []
    try await connection.connected { server in
      try await server.pages("/authorities", of: AuthorityItem.self) { items += $0 }
    }
    let wanted = [("root", "active"), ("successor", "standby")]
    return try wanted.flatMap { purpose, state in
      try items.filter { $0.purpose == purpose && $0.state == state }
        .flatMap { try Self.certificates($0.certificate, $0.id) }
    }
  }

  private static func certificates(_ text: String, _ name: String) throws(CommandFailure) -> [[UInt8]] {
    guard let blocks = PEM.parse(text), !blocks.isEmpty else { throw CommandFailure(.refused, "\(name) is not PEM") }
    return blocks.filter { $0.label == "CERTIFICATE" }.map(\.bytes)
  }
}

import Approval
import ArgumentParser
import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry

struct CeremonyRoot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "root", abstract: "Step 1, where the root's key is: makes the root and the one that waits.",
    discussion: """
      Each is sealed under a passphrase of its own (TOUCHMARK_ROOT_PASSPHRASE_FILE, \
      TOUCHMARK_SUCCESSOR_PASSPHRASE_FILE, or the terminal); --root-keys makes the root on a token instead. No network is \
      needed.
      """)

  @Option(help: "The organization whose root of trust this is.") var organization: String
  @Option(
    name: .customLong("public-http"),
    help: "The plain HTTP address that verifiers reach; it stands in every certificate.")
  var publicHTTP: String
  @Option(help: "The roots' keys: P-256, P-384 or RSA-3072.") var algorithm = "P-256"
  @Option(help: ArgumentHelp("The token on which the root's key is made.", valueName: "uri")) var rootKeys: String?

  @Option(
    help: ArgumentHelp(
      "The document of those who approve acts on the root, version 1, signed by everyone in it.", valueName: "file"))
  var approvers: String?

  @OptionGroup var ceremony: CeremonyOptions

  func validate() throws {
    try FoundingOptions.check(organization: organization, publicHTTP: publicHTTP, algorithm: algorithm)
  }

  func run() async throws {
    let desk = ceremony.desk
    guard case .next = try desk.turn(.makeRoot) else { return }
    let approvers = try firstApprovers()
    let address = publicHTTP.hasSuffix("/") ? String(publicHTTP.dropLast()) : publicHTTP
    var entry = ceremony.entry(.makeRoot)
    try ceremony.confirm(
      ["organization \(organization)", "address \(address)"], "make a root for this organization and this address",
      in: &entry)
    var random = SystemRandomNumberGenerator()
    let record = OrganizationRecord(
      id: approvers?.organization ?? OrganizationID(random: &random), name: organization, createdAt: systemClock(),
      auditEpoch: 1)
    let founding = RootFounding(
      organization: record, addresses: Addresses(publicHTTP: address, isDemonstration: false),
      algorithm: FoundingOptions.algorithms.first { $0.rawValue == algorithm } ?? .p256, at: record.createdAt)
    let making = RootMaking(folder: desk.folder, founding: founding, organization: record.id, token: rootKeys)
    let roots = try await making.make { roots, work in
      try note(roots, approvers, &entry)
      let package = [(name: CeremonyFile.rootPackage, text: roots.text)]
      var transcript = CeremonyTranscript(organization: record.id, name: organization)
      entry.wrote = package.map { CeremonyTranscript.File($0.name, $0.text.utf8) }
      try transcript.append(entry)
      try CeremonyDesk(folder: work, medium: desk.medium).keep(transcript, package)
      if let approvers {
        try PrivateFile.create(work.approverPin, "\(try ApproverPin(note: approvers.note))\n")
      }
    }
    guard let transcript = try desk.transcript(in: desk.folder.ceremony) else { return }
    try desk.putOnMedium(transcript)
    let certificate = try Certificate(parsing: roots.root.certificate)
    StandardOutput.write(CeremonyText.fingerprint("root", certificate) + "\n")
    StandardError.hint("write the fingerprint down: it is compared where the authorities will issue")
    StandardError.hint(CeremonyGuide.next(transcript))
  }

  private func note(
    _ roots: FoundedRoots, _ approvers: FirstApprovers?, _ entry: inout CeremonyTranscript.Entry
  ) throws {
    entry.root = roots.root.id
    for (what, record) in [("root", roots.root), ("successor", roots.successor)] {
      entry.shown.append(CeremonyText.fingerprint(what, try Certificate(parsing: record.certificate)))
    }
    entry.shown.append(
      TokenKeyName.isToken(roots.root.keyName)
        ? "the root's key is on \(roots.root.keyName)" : "the root's key is sealed")
    entry.documents = approvers.map { [$0.note] } ?? []
  }

  private func firstApprovers() throws -> FirstApprovers? {
    guard let approvers else { return nil }
    let found: FirstApprovers
    do { found = try FirstApprovers(note: try InputFile.text(approvers), at: systemClock()) } catch let error as Refusal
    {
      throw CommandFailure(.refused, error.reason, hint: error.hint)
    }
    guard found.purpose == RootStatement.purpose else {
      throw CommandFailure(
        .refused, "\(approvers) names approvers for \(found.purpose)",
        hint: "touchmark approver document --purpose \(RootStatement.purpose)")
    }
    return found
  }
}

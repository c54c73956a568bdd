import AdministrationAPI
import ArgumentParser
import Foundation
import Issuance
import Registry

struct AuthorityRecover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Gives an issuing authority a new key when the old one is lost, while no server serves.",
    discussion: """
      For a token that is gone for good: a server waits for it and does not start. The new key is a sealed file, or on a \
      token with --keys. The root signs, as for authority renew. What the old key issued stays valid and renews; it \
      answers for nothing any more. Leave the lost token in touchmark.yaml until every authority on it has a new key.
      """)

  @Argument(help: "The authority's identifier, or its purpose where one alone is active.")
  var authority: String

  @Option(help: ArgumentHelp("The token for the new key, one that touchmark.yaml names.", valueName: "uri"))
  var keys: String?
  @Option(help: ArgumentHelp("What the root answered to --request.", valueName: "file")) var answer: String?
  @Option(help: "The installation's folder.") var data: String?
  @OptionGroup var root: RootOptions

  func validate() throws {
    if answer != nil, root.request != nil || keys != nil {
      throw ValidationError("--answer installs what was asked before: it stands alone")
    }
  }

  func run() async throws {
    try PrivateFile.expectFree(root.request)
    let folder = InstallationFolder.named(data)
    try await StoppedInstallation(folder: folder).run { opened in
      let service = RootRequestService(
        store: opened.store, roster: opened.roster, keys: opened.keys, authorityKeys: opened.tokens.authorityKeys,
        isKeyLost: true, clock: systemClock)
      if let answer { return try await install(try InputFile.text(answer), service) }
      let id = try identifier(among: opened.roster.current.records)
      let asked = try await service.renew(id, onto: keys, by: .installation, through: .command)
      if let path = root.request {
        try PrivateFile.create(path, asked.note)
        StandardError.say("wrote the request \(asked.id) to \(path)")
        StandardError.hint(
          "where the root's key is: touchmark root answer \(path) --out ANSWER; then here: authority recover --answer ANSWER"
        )
        return
      }
      var keyring = RootKeyring(folder: folder, files: root.files, passphraseFiles: root.passphraseFiles)
      let request = try RootErrand.parse(asked.note)
      if let missing = try keyring.missing(for: request) {
        throw CommandFailure(
          .refused, "the key of the root \(missing) is not on this machine",
          hint: "name its file with --root FILE, or carry the request there: --request FILE")
      }
      let answer = try await keyring.answer(request, note: asked.note, approval: nil, successorFile: nil)
      try await install(answer.text, service)
    }
  }

  private func install(_ text: String, _ service: RootRequestService) async throws {
    let answer = try RootAnswer(text: text)
    let done = try await service.install(text, for: answer.request, by: .installation, through: .command)
    StandardOutput.write("\(done.authority) issues in the place of the one whose key is lost\n")
  }

  private func identifier(among records: [AuthorityRecord]) throws(CommandFailure) -> AuthorityID {
    if let found = records.first(where: { $0.id.rawValue == authority }) { return found.id }
    let active = records.filter { $0.purpose.rawValue == authority && $0.state == .active }
    guard let only = active.first, active.count == 1 else {
      throw CommandFailure(.notFound, "there is no authority \(authority)", hint: "touchmark authority recover --help")
    }
    return only.id
  }
}

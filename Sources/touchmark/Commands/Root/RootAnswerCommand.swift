import ArgumentParser
import AuditLog
import Foundation
import Issuance
import KeyCustody

struct RootAnswerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer", abstract: "Shows a request, and signs it with the root's key. No server is asked.",
    discussion: """
      The request has to be signed by the installation: its key is noted in an exported root, stands in requests.pub of \
      the data folder, or is named with --request-key.
      """)

  @Argument(help: "The request's file; - is standard input.")
  var request: String

  @Option(
    name: .customLong("root"),
    help: ArgumentHelp("A file with an exported root, or the URI of its token; may be repeated.", valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("passphrase-file"),
    help: ArgumentHelp("A file with the passphrase of a --root; one for each, in their order.", valueName: "file"))
  var passphraseFiles: [String] = []

  @Option(help: ArgumentHelp("The data folder that has the root, instead of a file.", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("Where the answer goes.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Where a new successor root's key goes.", valueName: "file"))
  var successorTo: String?

  @Option(help: ArgumentHelp("The installation's key for requests, as root list of its folder says.", valueName: "key"))
  var requestKey: String?

  @Option(help: ArgumentHelp("What approvers signed, where they stand before this root.", valueName: "file"))
  var approval: String?

  @Flag(help: "Signs without asking.") var yes = false

  func validate() throws {
    if files.isEmpty, data == nil { throw ValidationError("say where the root's key is: --root FILE or --data DIR") }
    try RootOptions.check(passphraseFiles, of: files)
  }

  func run() async throws {
    try PrivateFile.expectFree(out)
    try PrivateFile.expectFree(successorTo)
    let note = try InputFile.text(request)
    let folder = data.map { InstallationFolder(path: $0) }
    var keyring = RootKeyring(folder: folder, files: files, passphraseFiles: passphraseFiles)
    let asked = try read(note, key: try await key(folder, &keyring))
    StandardError.write(Confirmation.lines(asked.text))
    if !yes { try Confirmation.ask("sign this with the root's key") }
    let approved = try approval.map { path throws(CommandFailure) in try InputFile.text(path) }
    let answer = try await RootErrand.signed { [keyring] in
      var keyring = keyring
      return try await keyring.answer(asked, note: note, approval: approved, successorFile: successorTo)
    }
    try PrivateFile.create(out, answer.text)
    StandardError.say("wrote the answer to \(out)")
    StandardError.hint(next(after: asked))
  }

  /// After a restore no server runs yet that could install an answer.
  private func next(after asked: RootRequest) -> String {
    switch asked.act {
    case .openEpoch:
      "where the backup is restored: the same touchmark restore, with --request \(request) --answer \(out)"
    case .foundAuthorities: "on the issuing machine: the next step of touchmark authority ceremony"
    case .exportRoot: "where the root's keys are: the same touchmark root export, with --request and --approval"
    case .addAuthority, .renewAuthority, .revokeAuthority, .publishList, .succeedRoot:
      "where the server runs: touchmark root install \(out)"
    }
  }

  private func read(_ note: String, key: NoteKey) throws(CommandFailure) -> RootRequest {
    do { return try RootRequest(note: note, key: key) } catch {
      throw CommandFailure(.refused, error.reason, hint: error.hint)
    }
  }

  private func key(_ folder: InstallationFolder?, _ keyring: inout RootKeyring) async throws -> NoteKey {
    if let requestKey {
      guard let key = NoteKey(requestKey) else { throw CommandFailure(.usage, "--request-key is no key of notes") }
      return key
    }
    if let folder, let text = try? InputFile.text(folder.requestKey), let key = NoteKey(text.trimmed) { return key }
    for path in files where !TokenKeyName.isToken(path) {
      let file = try await keyring.open(path)
      keyring.opened[path] = file
      if let key = try RootRemark(file.remark, of: path).requestKey { return key }
    }
    throw CommandFailure(
      .refused, "nothing here says whose requests to believe",
      hint: "name the key in the server's requests.pub with --request-key")
  }
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

import AdministrationAPI
import ArgumentParser
import Foundation
import Issuance

/// Where a root's key is, for commands that need one.
struct RootOptions: ParsableArguments {
  @Option(
    name: .customLong("root"),
    help: ArgumentHelp(
      "A file with an exported root, or its token's URI (pkcs11:…); may be repeated. Else the data folder is looked in.",
      valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("passphrase-file"),
    help: ArgumentHelp(
      "A file with the passphrase of a --root; one for each, in their order.", valueName: "file"))
  var passphraseFiles: [String] = []

  @Option(
    name: .customLong("request"),
    help: ArgumentHelp(
      "Writes the request here instead, to be carried to the root: touchmark root answer.", valueName: "file"))
  var request: String?

  @Option(
    help: ArgumentHelp("Where a new successor root's key goes, instead of the data folder.", valueName: "file"))
  var successorTo: String?

  func validate() throws { try Self.check(passphraseFiles, of: files) }

  /// All or none: which one a single file opens would be a guess.
  static func check(_ passphraseFiles: [String], of files: [String]) throws {
    guard passphraseFiles.isEmpty || passphraseFiles.count == files.count else {
      throw ValidationError("--passphrase-file is named once for each --root, in the same order, or not at all")
    }
  }
}

/// From a request to what it changed: signed here where the root's key is at hand, else written out to be carried.
struct RootErrand {
  let server: ServerConnection
  let options: RootOptions

  /// - Returns: nil when the request was written into a file.
  func run(_ asked: RootRequestItem) async throws -> InstalledAnswerItem? {
    if let path = options.request {
      try PrivateFile.create(path, asked.request)
      StandardError.say(
        "wrote the request \(asked.id) to \(path); it is answered until \(ReadableTime.minute(asked.expires))")
      StandardError.hint("where the root's key is: touchmark root answer \(path) --root FILE --out ANSWER")
      return nil
    }
    let request = try RootErrand.parse(asked.request)
    var keyring = RootKeyring(
      folder: server.location.dataFolder.map { InstallationFolder(path: $0) }, files: options.files,
      passphraseFiles: options.passphraseFiles)
    if let missing = try keyring.missing(for: request) {
      throw CommandFailure(
        .refused, "the key of the root \(missing) is not on this machine",
        hint: "name its file with --root FILE, or carry the request there: touchmark root show \(asked.id) > FILE")
    }
    let answer = try await RootErrand.signed {
      try await keyring.answer(request, note: asked.request, approval: nil, successorFile: options.successorTo)
    }
    return try await server.post("/root-requests/\(Query.escape(asked.id))/answer", RootAnswerBody(answer: answer.text))
  }

  static func parse(_ note: String) throws(CommandFailure) -> RootRequest {
    do { return try RootRequest.unverified(note: note) } catch {
      throw CommandFailure(.refused, error.reason, hint: error.hint)
    }
  }

  static func signed<T>(_ body: () async throws -> T) async throws -> T {
    do { return try await body() } catch let refusal as Refusal {
      throw CommandFailure(.refused, refusal.reason, hint: refusal.hint)
    }
  }
}

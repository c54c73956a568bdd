import Approval
import ArgumentParser
import AuditLog
import KeyCustody

struct ApproverSign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Shows a statement, and signs its exact text with an approver's key. No server is asked.")

  @Argument(
    help: "The file: an approvers' document, a trust bundle, a request to a root, or a ceremony's transcript.")
  var statement: String

  @Option(help: "The person whose key it is.") var person: String
  @Option(help: ArgumentHelp("The key's file.", valueName: "file")) var key: String
  @Option(help: ArgumentHelp("Where the signature goes.", valueName: "file")) var out: String
  @Flag(help: "Signs without asking.") var yes = false

  func run() async throws {
    try PrivateFile.expectFree(out)
    let file = try InputFile.text(statement)
    let (shown, text) = try ApprovedText.read(file, named: statement)
    if let shown { StandardError.write(Confirmation.lines(shown) + "\n") }
    StandardError.write(Confirmation.lines(text))
    if !yes { try Confirmation.ask("sign this as \(person)") }
    let secret = try await RootKeyring.passphrase(.approver).obtained(creating: false)
    let keys = try await SealedKeyFile.opened(key, secret: secret)
    let signer = try keys.signer(named: "approver", purpose: "approver")
    let name = Statement.keyName(of: person, in: keys.organization)
    guard let note = NoteKey(name: name, publicKey: signer.publicKey.keyOctets) else {
      throw CommandFailure(.usage, "'\(person)' cannot be a person's name here")
    }
    let signed = SignedNote(signing: text, as: note, signature: try signer.signature(over: Array(text.utf8)))
    try PrivateFile.create(out, signed.description)
    StandardError.say("wrote the signature to \(out)")
  }
}

/// Asks a person before something is signed.
enum Confirmation {
  static func ask(_ what: String) throws(CommandFailure) {
    guard SecretSource.hasTerminal else {
      throw CommandFailure(.usage, "nobody can be asked whether to sign", hint: "read it, then add --yes")
    }
    StandardError.write("\(what)? type yes: ")
    guard readLine() == "yes" else { throw CommandFailure(.refused, "nothing was signed") }
  }

  /// Several lines for a terminal.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { Printable.text(String($0)) }
      .joined(separator: "\n")
  }
}

import Approval
import ArgumentParser
import AuditLog
import KeyCustody

struct ApproverKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Makes an approver's key, on the approver's own machine, under a passphrase.")

  @Argument(help: "The person: letters, digits, hyphens, dots and underscores.")
  var person: String

  @Option(help: ArgumentHelp("The organization's identifier, as touchmark.yaml has it.", valueName: "id"))
  var organization: String

  @Option(help: ArgumentHelp("The file to make.", valueName: "file"))
  var out: String

  func validate() throws {
    guard Statement.isName(person) else {
      throw ValidationError("a person's name here has letters, digits, hyphens, dots and underscores")
    }
  }

  func run() async throws {
    try PrivateFile.expectFree(out)
    let secret = try await RootKeyring.passphrase(.approver).obtained(creating: true)
    let (path, organization, name) = (out, organization, "approver")
    let key = try await OwnThread.run { () throws(CustodyError) in
      try SealedKeyFile.generate(
        path, organization: organization, name: name, purpose: name, algorithm: .ed25519, remark: "", secret: secret)
    }
    let noteName = Statement.keyName(of: person, in: organization)
    guard let note = NoteKey(name: noteName, publicKey: key.publicKey.keyOctets) else {
      throw CommandFailure(.usage, "an organization's identifier has no spaces", hint: "it stands in touchmark.yaml")
    }
    StandardOutput.write("\(note)\n")
    StandardError.hint("give this line to whoever writes the approvers' document: --approver '\(person)=…'")
  }
}

extension SecretRole {
  /// An approver's own key.
  static let approver = SecretRole(
    variable: "TOUCHMARK_APPROVER_PASSPHRASE_FILE", credential: "touchmark-approver-passphrase", machineFile: "",
    noun: "the approver's key")
}

import ArgumentParser
import AuditLog

struct ApproverAssemble: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assemble", abstract: "Puts signatures of one statement together into one note.")

  @Argument(help: "The files that approver sign made.")
  var signatures: [String]

  @Option(help: ArgumentHelp("The file to make.", valueName: "file")) var out: String

  func run() async throws {
    var whole: SignedNote?
    for path in signatures {
      let text = try InputFile.text(path)
      guard let note = try? SignedNote(parsing: text) else {
        throw CommandFailure(.refused, "\(path) is no signed note")
      }
      guard let known = whole else {
        whole = note
        continue
      }
      guard known.text == note.text else { throw CommandFailure(.refused, "\(path) is over another statement") }
      whole = note.signatures.reduce(known) { $0.signatures.contains($1) ? $0 : $0.adding($1) }
    }
    guard let whole else { throw CommandFailure(.usage, "name the files with the signatures") }
    try PrivateFile.create(out, whole.description)
    StandardError.say("wrote \(out) with \(whole.signatures.count) signatures")
  }
}

import ArgumentParser
import Credentials
import Foundation
import Issuance

struct CeremonyInstall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Step 4, where the authorities will issue: takes what the root certified, and makes the installation.")

  @OptionGroup var ceremony: CeremonyOptions

  func run() async throws {
    let desk = ceremony.desk
    guard case .next(let found) = try desk.turn(.installAuthorities), let transcript = found else { return }
    let text = try desk.read(CeremonyFile.answer, of: transcript)
    let answer = try RootAnswer(text: text)
    let roots = try FoundedRoots(text: try InputFile.text("\(desk.folder.ceremony)/\(CeremonyFile.rootPackage)"))
    let asked = try InputFile.text("\(desk.folder.ceremony)/\(CeremonyFile.request)")
    var entry = ceremony.entry(.installAuthorities)
    entry.read = [CeremonyTranscript.File(CeremonyFile.answer, text.utf8)]
    var lines: [String] = []
    for case .certificate(let octets) in answer.parts {
      lines.append(CeremonyText.fingerprint("certified", try Certificate(parsing: octets)))
    }
    try ceremony.confirm(lines, "install these, whose fingerprints the root's machine showed", in: &entry)
    // A crash after the installation was made and before this step is noted finds it made.
    if !desk.folder.isFounded {
      try await CeremonyFounder(folder: desk.folder).found(roots, asked: asked, answer: answer)
    }
    try desk.finish(entry, of: transcript, writing: [])
    StandardError.say("made the installation of \(roots.organization.name) in \(desk.folder.path)")
    StandardError.hint("start it: touchmark serve --data \(desk.folder.path)")
  }
}

import ArgumentParser
import Foundation
import Issuance

struct CeremonySign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Step 5, where the root's key is: signs the transcript with it.")

  @Option(help: ArgumentHelp("The token with the root's key, where it is on one.", valueName: "uri"))
  var rootKeys: String?
  @Option(help: ArgumentHelp("What approvers signed of the transcript, where there are any.", valueName: "file"))
  var approval: String?
  @OptionGroup var ceremony: CeremonyOptions

  func run() async throws {
    let desk = ceremony.desk
    switch try desk.turn(.signTranscript) {
    case .done: try putSigned(desk)
    case .next(nil): return
    case .next(let transcript?): try await sign(transcript, desk)
    }
  }

  private func sign(_ transcript: CeremonyTranscript, _ desk: CeremonyDesk) async throws {
    let roots = try FoundedRoots(text: try InputFile.text("\(desk.folder.ceremony)/\(CeremonyFile.rootPackage)"))
    StandardError.write(Confirmation.lines(transcript.text))
    var entry = ceremony.entry(.signTranscript)
    try ceremony.confirm([], "sign this transcript with the root's key", in: &entry)
    let approved = try approval.map { path throws(CommandFailure) in try InputFile.text(path) }
    let closed = try transcript.closed(entry, approval: approved)
    let keyring = RootKeyring(folder: desk.folder, files: rootKeys.map { [$0] } ?? [])
    let note = try await keyring.sign(closed, of: roots)
    // The signed one first: the transcript that says so tells a repeated command that it is there.
    try CeremonyDesk.write(note, to: "\(desk.folder.ceremony)/\(CeremonyFile.signed)")
    try desk.keep(closed.transcript, [])
    try desk.putOnMedium(closed.transcript)
    try putSigned(desk)
    StandardError.hint(CeremonyGuide.next(closed.transcript))
  }

  private func putSigned(_ desk: CeremonyDesk) throws {
    let note = try InputFile.text("\(desk.folder.ceremony)/\(CeremonyFile.signed)")
    try CeremonyDesk.write(note, to: "\(desk.medium)/\(CeremonyFile.signed)")
    StandardOutput.write("the signed transcript is \(desk.medium)/\(CeremonyFile.signed)\n")
  }
}

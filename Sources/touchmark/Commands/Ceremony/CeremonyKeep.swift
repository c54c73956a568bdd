import ArgumentParser
import Foundation
import Issuance

struct CeremonyKeep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keep", abstract: "Where the authorities issue: verifies the signed transcript, and keeps it.")

  @Option(help: ArgumentHelp("This machine's own folder.", valueName: "dir")) var data: String
  @Option(help: ArgumentHelp("The folder that was carried.", valueName: "dir")) var medium: String

  func run() async throws {
    let desk = CeremonyDesk(folder: InstallationFolder.named(data), medium: medium)
    let note = try InputFile.text("\(medium)/\(CeremonyFile.signed)")
    let ceremony = try CeremonyVerify.verified(note, root: desk.folder.rootCertificate)
    guard let own = try desk.transcript(in: desk.folder.ceremony), ceremony.transcript.continues(own) else {
      throw CommandFailure(
        .refused, "the signed transcript does not continue the one that this machine knows",
        hint: "compare it with \(desk.folder.ceremony)/\(CeremonyFile.transcript)")
    }
    try CeremonyDesk.write(note, to: "\(desk.folder.ceremony)/\(CeremonyFile.signed)")
    StandardOutput.write("\(desk.folder.ceremony)/\(CeremonyFile.signed) is kept\n")
  }
}

struct CeremonyStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Says which steps were done, and what comes next.")

  @Option(help: ArgumentHelp("The folder that is carried.", valueName: "dir")) var medium: String

  func run() async throws {
    let desk = CeremonyDesk(folder: InstallationFolder(path: medium), medium: medium)
    guard let transcript = try desk.transcript(in: medium) else {
      throw InputFile.missing("\(medium)/\(CeremonyFile.transcript)", hint: "touchmark authority ceremony root")
    }
    StandardOutput.write(CeremonyVerify.steps(transcript))
    StandardError.hint(CeremonyGuide.next(transcript))
  }
}

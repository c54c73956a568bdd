import ArgumentParser
import Credentials
import Issuance
import WireFormats

struct CeremonyVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verifies a ceremony's signed transcript. No server is asked.",
    discussion: """
      Every step stands in its place and is bound to those before it, files that one step wrote are those that the next \
      one read, the root signed the whole, and where the ceremony has approvers enough of them approved it.
      """)

  @Argument(help: "The signed transcript's file.") var transcript: String
  @Option(help: ArgumentHelp("PEM of the root.", valueName: "file")) var root: String

  func run() async throws {
    let ceremony = try Self.verified(try InputFile.text(transcript), root: root)
    StandardOutput.write(Self.steps(ceremony.transcript))
    let approvers = ceremony.approvers
    StandardError.say(
      "the transcript is whole and signed by the root"
        + (approvers.isEmpty ? "; it has no approvers" : ", and approved by \(approvers.joined(separator: ", "))"))
  }

  static func verified(_ note: String, root path: String) throws -> VerifiedCeremony {
    guard let block = PEM.parse(try InputFile.text(path))?.first(where: { $0.label == "CERTIFICATE" }),
      let root = try? Certificate(parsing: block.bytes)
    else { throw CommandFailure(.refused, "\(path) is no certificate in PEM") }
    do { return try VerifiedCeremony(note, root: root) } catch {
      throw CommandFailure(.refused, error.reason, hint: error.hint)
    }
  }

  static func steps(_ transcript: CeremonyTranscript) -> String {
    transcript.entries.map { entry in
      Printable.text("\(entry.at) \(entry.step.rawValue) by \(entry.persons.joined(separator: ", ")), \(entry.program)")
        + "\n"
    }.joined()
  }
}

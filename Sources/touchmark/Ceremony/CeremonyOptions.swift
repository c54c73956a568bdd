import Approval
import ArgumentParser
import Issuance

/// What every step of a ceremony is told.
struct CeremonyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("This machine's own folder; what is secret stays in it.", valueName: "dir"))
  var data: String

  @Option(help: ArgumentHelp("The folder that is carried between the two machines, such as a stick.", valueName: "dir"))
  var medium: String

  @Option(name: .customLong("person"), help: "Who is here; repeatable.")
  var persons: [String]

  @Flag(help: "Confirms what is shown without asking.") var yes = false

  func validate() throws {
    guard (1...16).contains(persons.count), persons.allSatisfy(Statement.isName) else {
      throw ValidationError("--person is a name of letters, digits, hyphens, dots and underscores, up to 16 times")
    }
  }

  var desk: CeremonyDesk { CeremonyDesk(folder: InstallationFolder.named(data), medium: medium) }

  func entry(_ step: CeremonyTranscript.Step) -> CeremonyTranscript.Entry {
    CeremonyTranscript.Entry(step, at: systemClock(), persons: persons, program: "touchmark \(ProgramVersion.text)")
  }

  /// Shows lines, asks whether they are right, and notes both.
  func confirm(
    _ lines: [String], _ what: String, in entry: inout CeremonyTranscript.Entry
  ) throws(CommandFailure) {
    for line in lines { StandardError.write(Printable.text(line) + "\n") }
    if !yes { try Confirmation.ask(what) }
    entry.shown += lines
    entry.confirmed.append(yes ? "\(what) (--yes)" : what)
  }
}

import ArgumentParser
import Registry

/// `--where` of every list.
struct SelectionOption: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only those that this selects, for example 'product=pump and overdue>2d'.", valueName: "selection"))
  var text: String?

  /// Says here already where it is wrong.
  func check(_ subject: Selection.Subject) throws { try Self.check(text, of: subject, option: "--where") }

  static func check(_ text: String?, of subject: Selection.Subject, option: String) throws {
    guard let text else { return }
    do {
      _ = try Selection(parsing: text, of: subject, at: .now)
    } catch {
      throw ValidationError("\(option), \(error)")
    }
  }
}

/// What a command on one or many understands beside the name of the one.
struct BulkOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("All that this selects, for example 'product=pump and lot=7'.", valueName: "selection"))
  var selection: String?

  @Flag(help: "Do it to all that are selected, without asking.")
  var yes = false

  @Option(help: ArgumentHelp("Go on with an act on many that was prepared or started.", valueName: "id"))
  var resume: String?

  /// Exactly one of: the one, a selection, an act.
  func check(one: String?, named name: String, of subject: Selection.Subject) throws {
    guard [one, selection, resume].compactMap({ $0 }).count == 1 else {
      throw ValidationError("one of \(name), --where and --resume says what to act on")
    }
    try SelectionOption.check(selection, of: subject, option: "--where")
  }
}

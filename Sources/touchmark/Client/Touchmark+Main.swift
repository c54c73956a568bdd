import ArgumentParser
import Issuance

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Touchmark {
  /// ArgumentParser's own `main` ends with its exit codes and in its voice; these are ours.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      StandardError.write(failure.text)
      finish(failure.exit)
    } catch let refusal as Refusal {
      StandardError.write(CommandFailure(.refused, refusal.reason, hint: refusal.hint).text)
      finish(.refused)
    } catch let code as ExitCode {
      leave(code.rawValue)
    } catch {
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    // Help and --version are errors to ArgumentParser, and not to us.
    let code = exitCode(for: error)
    guard code != .success else { exit(withError: error) }
    let isUsage = code == .validationFailure
    let asked = (["touchmark"] + words(CommandLine.arguments.dropFirst())).joined(separator: " ")
    let failure = CommandFailure(
      isUsage ? .usage : .refused, message(for: error), hint: isUsage ? "\(asked) --help" : nil)
    StandardError.write(failure.text)
    finish(failure.exit)
  }

  private static func finish(_ code: CommandExit) -> Never { leave(code.rawValue) }

  /// The commands' names that the line begins with: `device add`.
  private static func words(_ arguments: ArraySlice<String>) -> [String] {
    var known: [any ParsableCommand.Type] = configuration.subcommands
    var words: [String] = []
    for argument in arguments {
      guard let command = known.first(where: { $0._commandName == argument }) else { break }
      words.append(argument)
      known = command.configuration.subcommands
    }
    return words
  }
}

/// The C library's `exit`, which inside a command is hidden by ArgumentParser's own.
private func leave(_ code: Int32) -> Never { exit(code) }

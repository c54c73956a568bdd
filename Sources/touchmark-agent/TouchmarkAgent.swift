import ArgumentParser
import DeviceAgent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@main
struct TouchmarkAgent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchmark-agent", abstract: "gets a device its certificate, and keeps it valid",
    version: ProgramVersion.text,
    subcommands: [
      EnrollCommand.self, RenewCommand.self, RunCommand.self, StatusCommand.self, AttestCommand.self, CRLCommand.self,
      PeerCommand.self,
    ])

  /// ArgumentParser's own `main` ends with its exit codes and in its voice; these are ours.
  static func main() {
    // tss2's own log, on standard error; what it would say is said in this program's words.
    setenv("TSS2_LOG", "all+none", 0)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as AgentFailure {
      Said.failure(failure)
      leave(failure.code.rawValue)
    } catch let code as ExitCode {
      leave(code.rawValue)
    } catch {
      // Help and --version are errors to ArgumentParser, and not to us.
      let code = exitCode(for: error)
      guard code != .success else { exit(withError: error) }
      let failure = AgentFailure(
        code == .validationFailure ? .usage : .failed, message(for: error), hint: "touchmark-agent --help")
      Said.failure(failure)
      leave(failure.code.rawValue)
    }
  }
}

/// The C library's `exit`, which inside a command is hidden by ArgumentParser's own.
private func leave(_ code: Int32) -> Never { exit(code) }

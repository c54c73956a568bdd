import AdministrationAPI
import ArgumentParser

struct NotifyTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Tells every target of a test, and says how each took it.",
    discussion: "The exit code is 1 when a target did not take it, or when there is none.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let test: NotificationTest = try await server.post("/notifications/test")
      try output.write(test, text: test.results.map(Self.line).joined())
      guard !test.results.isEmpty else {
        throw CommandFailure(.refused, "there is nobody to tell", hint: "docs/watching.md: notify in touchmark.yaml")
      }
      if !test.results.allSatisfy(\.delivered) { throw ExitCode(CommandExit.refused.rawValue) }
    }
  }

  private static func line(_ result: NotificationTestResult) -> String {
    let said = result.failure.map { "not delivered: \(Printable.text($0))" } ?? "delivered"
    return "\(result.target)  \(said)\n"
  }
}

import AdministrationAPI
import ArgumentParser
import Issuance

struct RootInstall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Installs what a root answered, while the server serves.")

  @Argument(help: "The answer's file; - is standard input.")
  var answer: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let text = try InputFile.text(answer)
    let request: String
    do { request = try RootAnswer(text: text).request.rawValue } catch {
      throw CommandFailure(.refused, error.reason, hint: error.hint)
    }
    try await connection.connected { server in
      let done: InstalledAnswerItem = try await server.post(
        "/root-requests/\(Query.escape(request))/answer", RootAnswerBody(answer: text))
      try output.write(done, text: "\(done.act) is in force: \(done.authority)\n")
    }
  }
}

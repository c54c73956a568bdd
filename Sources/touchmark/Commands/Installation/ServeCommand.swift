import ArgumentParser

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves an installation until it is stopped.")

  @Option(help: "The installation's folder.") var data: String?
  @OptionGroup var listen: ListenOptions
  @Option(help: "A file to write once it serves, with its addresses as JSON.") var readyFile: String?
  @OptionGroup var watching: WatchOptions

  func run() async throws {
    try await ServingProcess(folder: .named(data), listen: listen, watching: watching, readyFile: readyFile).run()
  }
}

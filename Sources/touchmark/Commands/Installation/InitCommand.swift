import ArgumentParser

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Makes an organization's root of trust, its authorities and its first administrator.",
    discussion: "Never writes over an installation. A passphrase comes from TOUCHMARK_PASSPHRASE_FILE or the terminal.")

  @Option(help: "The folder to make.") var data: String?
  @OptionGroup var founding: FoundingOptions
  @OptionGroup var listen: ListenOptions

  func validate() throws {
    guard founding.organization != nil else { throw ValidationError("say whose it is: --organization NAME") }
  }

  func run() async throws {
    let folder = InstallationFolder.named(data)
    try await Founder(folder: folder, options: founding, listen: listen, isDemonstrationFleet: false).found()
    StandardError.hint("start it: touchmark serve --data \(folder.path)")
  }
}

import ArgumentParser

@main
struct Touchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchmark", abstract: "gives each device an identity of its own")
}

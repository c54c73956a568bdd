import ArgumentParser

struct RequestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "Requests for certificates that wait for an operator.",
    discussion: "A profile with approval: required has each request decided on by a person.",
    subcommands: [RequestList.self, RequestShow.self, RequestApprove.self, RequestDeny.self])
}

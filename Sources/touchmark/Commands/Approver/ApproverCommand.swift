import ArgumentParser

struct ApproverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approver",
    abstract: "Approvers: persons with keys of their own, who sign what one alone may not decide.",
    subcommands: [
      ApproverKey.self, ApproverDocumentCommand.self, ApproverSign.self, ApproverAssemble.self, ApproverInstall.self,
    ])
}

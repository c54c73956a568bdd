import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "The audit log: who did what, in a past that cannot be changed unseen.",
    subcommands: [AuditList.self, AuditCheckpoint.self, AuditVerify.self, AuditExport.self])
}

import ArgumentParser

@main
struct Touchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchmark", abstract: "gives each device an identity of its own",
    version: ProgramVersion.text,
    // In the order of the vocabulary: first the installation, then the nouns.
    subcommands: [
      InitCommand.self, UpCommand.self, ServeCommand.self, StatusCommand.self, DoctorCommand.self,
      BackupCommand.self, RestoreCommand.self,
      DeviceCommand.self, GrantCommand.self, RequestCommand.self, CertificateCommand.self, ProfileCommand.self,
      AuthorityCommand.self,
      RootCommand.self, ApproverCommand.self, BundleCommand.self, TrustCommand.self, AdminCommand.self,
      ActCommand.self, AttestationCommand.self, BaselineCommand.self, AuditCommand.self, ReportCommand.self,
      NotifyCommand.self,
    ])
}

import ArgumentParser

struct CertificateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate", abstract: "Certificates: issued here, or found anywhere.",
    subcommands: [
      CertificateIssue.self, CertificateSign.self, CertificateList.self, CertificateShow.self, CertificateRevoke.self,
      CertificateExport.self, CertificateImportCommand.self, CertificateInspect.self,
    ])
}

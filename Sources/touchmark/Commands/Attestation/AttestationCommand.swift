import ArgumentParser

struct AttestationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attestation", abstract: "Attestations: what running devices have shown of themselves.",
    subcommands: [AttestationList.self, AttestationShow.self, AttestationLimit.self, AttestationResume.self])
}

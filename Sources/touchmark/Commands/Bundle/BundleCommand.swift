import ArgumentParser

struct BundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Trust bundles: the roots that devices trust, as approvers signed them.",
    subcommands: [BundleDraft.self, BundlePublish.self, BundleVerify.self])
}

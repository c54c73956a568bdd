import AdministrationAPI
import ArgumentParser
import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Writes the whole installation into one encrypted file, while it serves.",
    discussion: """
      It runs on the machine itself, beside the server or without one. The passphrase comes from --passphrase-file, \
      TOUCHMARK_BACKUP_PASSPHRASE_FILE or the terminal. docs/backup.md says what is inside and what is not.
      """)

  @Option(help: ArgumentHelp("The file to write; never over another.", valueName: "file")) var to: String
  @Option(help: "A file with the backup's passphrase.") var passphraseFile: String?
  @Option(help: "The installation's folder (or TOUCHMARK_DATA).") var data: String?

  func run() async throws {
    let folder = InstallationFolder.named(data)
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    guard let organization = OrganizationID(rawValue: configuration.organizationID) else {
      throw CommandFailure(.refused, "\(folder.configuration) names no organization")
    }
    guard !FileManager.default.fileExists(atPath: to) else {
      throw CommandFailure(.conflict, "\(to) exists already", hint: "move it away; nothing is written over")
    }
    try await RecoveryFailure.explained {
      let passphrase = try await BackupPassphrase.obtain(file: passphraseFile, creating: true)
      let online = try await online(folder, organization)
      let store = try SQLiteStore(path: folder.database)
      do {
        let summary = try await Backup(
          folder: folder.path, store: store, organization: organization, clock: systemClock
        ).write(to: to, passphrase: passphrase, online: online, by: NSUserName())
        await store.close()
        say(summary)
        configuration.sayTokensStay()
      } catch {
        await store.close()
        throw error
      }
    }
  }

  /// Under a passphrase the keys go as they are, and nobody has to be asked for it.
  private func online(_ folder: InstallationFolder, _ organization: OrganizationID) async throws -> SealedKeyStore? {
    guard try SealedKeyStore.secretKind(directory: folder.onlineKeys) == .machineLocal else { return nil }
    let source = try SecretSource.forOpening(
      .online, store: folder.onlineKeys, directory: folder.path, environment: [:], isTerminal: false)
    return try await SealedKeyStore.opened(
      directory: folder.onlineKeys, organization: organization.rawValue,
      secret: try await source.obtained(creating: false))
  }

  private func say(_ summary: Backup.Summary) {
    print("\(to): \(summary.record.size) octets, sha256 \(Hex.encode(summary.record.digest))")
    StandardError.say("it holds the state of \(summary.record.at); copy it to another place")
    for root in summary.roots { StandardError.say("inside, under its own passphrase: \(root)") }
    for root in summary.omitted {
      StandardError.say("not inside, since it has no passphrase of its own: \(root)")
      StandardError.hint("a restore needs the root: keep DIR/root and DIR/root-machine-secret somewhere else")
    }
    StandardError.say("no administrator's key and no machine secret is inside")
  }
}

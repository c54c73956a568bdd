import ArgumentParser
import Foundation
import Registry

struct AuditExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a period of the log for an auditor, with proofs and a reading guide.",
    discussion: """
      The folder holds what was issued, refused and revoked as tables, every entry word for word, the profiles that were \
      in force, a signed checkpoint and the proof that leads to it, and README.html, which says how to read and check \
      it. It reads the store of --data, or a copy of it, and asks nobody.
      """)

  @Option(help: ArgumentHelp("Days or moments in UTC, both included.", valueName: "from..to"))
  var period: AuditPeriod

  @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var to: String

  @Option(help: ArgumentHelp("The data folder (or TOUCHMARK_DATA).", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("A copy of touchmark.sqlite, instead of the data folder's.", valueName: "file"))
  var store: String?

  @OptionGroup var output: ResultOptions

  func run() async throws {
    let folder = InstallationFolder.named(data)
    let keys = try? String(contentsOfFile: folder.logKey, encoding: .utf8)
    try ExportFiles.make(to)
    let exporter = AuditExporter(folder: to, period: period, keys: keys)
    let exported: AuditExporter.Exported
    do {
      exported = try await LogFile.read(store ?? folder.database) { reader in
        guard let organization = try reader.organizations().first else {
          throw CommandFailure(.notFound, "the store holds no organization")
        }
        return try exporter.export(organization, reader)
      }
    } catch {
      // Half an export looks like a whole one.
      try? FileManager.default.removeItem(atPath: to)
      throw error
    }
    if exported.uncovered > 0 {
      StandardError.say("\(exported.uncovered) newer entries have no checkpoint yet and are not in it")
    }
    try output.write(exported, text: Self.text(exported))
    StandardError.hint("check it: touchmark audit verify --export \(to)")
  }

  private static func text(_ exported: AuditExporter.Exported) -> String {
    "\(exported.entries) entries are in \(Printable.text(exported.folder))\n"
      + Table.facts([
        ("issued", "\(exported.issued)"), ("refused", "\(exported.refused)"), ("revoked", "\(exported.revoked)"),
        ("administration", "\(exported.administration)"), ("checkpoint", "over \(exported.checkpoint) entries"),
        ("to begin with", exported.folder + "/README.html"),
      ])
  }
}

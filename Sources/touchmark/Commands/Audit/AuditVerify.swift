import ArgumentParser
import AuditLog
import Credentials
import Foundation
import Registry
import WireFormats

struct AuditVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Proves that the log's past is what it was, from its file, with no server.",
    discussion: """
      It reads the store of --data, or a copy of it, and asks nobody. Only with a checkpoint that was kept elsewhere \
      (--from) can it see a tail that was cut off or a history that was signed anew. The exit code is 8 when \
      something is wrong with the log; docs/audit.md says what each finding means.
      """)

  @Option(help: ArgumentHelp("The data folder (or TOUCHMARK_DATA).", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("A copy of touchmark.sqlite, instead of the data folder's.", valueName: "file"))
  var store: String?

  @Option(help: ArgumentHelp("A folder that audit export wrote, instead of a store.", valueName: "dir"))
  var export: String?

  @Option(
    help: ArgumentHelp("Older checkpoints, kept elsewhere: a file with one or more, or a folder.", valueName: "path"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "The log's public key, NAME+HASH+KEY, or a file with one a line; audit.pub of the data folder when absent.",
      valueName: "key|file"))
  var key: String?

  @OptionGroup var output: ResultOptions

  func run() async throws {
    let folder = data ?? ProcessInfo.processInfo.environment["TOUCHMARK_DATA"] ?? ServerLocation.usualData
    let path = store ?? folder + "/touchmark.sqlite"
    let outside = try from.map { path throws(CommandFailure) in try OutsideCheckpoints.read(path) } ?? []
    // An export carries a key only to show what it looks like: one that came with what it proves proves nothing.
    let keys = try LogKeys.find(key, folder: export == nil ? folder : "/nonexistent")
    if let export { return try verify(export, outside: outside.last, keys: keys) }
    let reports = try await LogFile.verify(path, outside: outside, keys: keys, roots: Self.roots(folder))
    let summaries = reports.map { AuditSummary(organization: $0.organization, $0.report) }
    try output.write(summaries, text: reports.map { AuditText.render($0.report, of: $0.organization) }.joined())
    if !reports.allSatisfy(\.report.isClean) { throw ExitCode(CommandExit.altered.rawValue) }
  }

  private func verify(_ export: String, outside: String?, keys: [NoteKey]) throws {
    let verified = try ExportVerifier(folder: export, outside: outside, keys: keys).verify()
    let text =
      AuditText.render(verified.report, of: verified.organization)
      + verified.files.map { "  found: \(Printable.text($0))\n" }.joined()
    try output.write([AuditSummary(organization: verified.organization, verified.report, verified.files)], text: text)
    if !verified.report.isClean || !verified.files.isEmpty { throw ExitCode(CommandExit.altered.rawValue) }
  }

  /// The organization's root, which signs what opens an epoch; none when its file is not there.
  private static func roots(_ folder: String) -> [Certificate] {
    let octets = FileManager.default.contents(atPath: folder + "/root.pem") ?? Data()
    let blocks = PEM.parse(String(decoding: octets, as: UTF8.self)) ?? []
    return blocks.compactMap { try? Certificate(parsing: $0.bytes) }
  }
}

import ArgumentParser
import Foundation
import Issuance
import PKCS11
import Registry
import TokenCustody

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Looks for what will go wrong with this installation, and says what to do.",
    discussion: """
      It runs beside the server, on its data folder, and changes nothing. It fetches the addresses that stand in \
      certificates as a verifier would; run it also on a machine outside, with a copy of the folder. The exit code is 0 \
      when nothing worse than a note was found, 9 with a warning and 10 with an error.
      """)

  @Option(help: "The installation's folder.") var data: String?
  @Flag(help: "Names every check, its severity and its fix, and looks at nothing.") var list = false
  @Option(name: [.customShort("o"), .customLong("output")], help: "How to write the list.")
  var format: OutputFormat = .table

  func run() async throws {
    if list {
      let items = Doctor.checks.map { DoctorListItem($0) }
      return try write(items, columns: DoctorListItem.columns, text: items.map(\.lines).joined())
    }
    let items = await Doctor.examine(try await Self.examination(of: .named(data)))
    try write(items, columns: DoctorItem.columns, text: items.map(\.lines).joined())
    let code = Doctor.exit(items)
    if code != .done { throw ExitCode(code.rawValue) }
  }

  private func write<Item: Encodable>(_ items: [Item], columns: [Column<Item>], text: String) throws {
    guard format != .table else { return StandardOutput.write(text) }
    var printer = ListPrinter(columns, format: format)
    try printer.add(items)
    printer.finish()
  }

  private static func examination(of folder: InstallationFolder) async throws -> Examination {
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    guard let organization = OrganizationID(rawValue: configuration.organizationID) else {
      throw CommandFailure(.refused, "\(folder.configuration) names no organization")
    }
    var examined = Examination(
      path: folder.path, isDemonstration: configuration.isDemonstration && configuration.lab,
      publicHTTP: configuration.publicHTTP,
      listenHTTPS: configuration.listenHTTPS, listenHTTP: configuration.listenHTTP, limits: configuration.limits ?? [:],
      now: systemClock(), machine: ThisMachine(root: folder.rootCertificate))
    examined.tokens = (configuration.tokens ?? []).map { (try? PKCS11URI(parsing: $0).tokenOnly.description) ?? $0 }
    do {
      let store = try SQLiteStore.openForReading(path: folder.database)
      let read = try await examined.reading(store, organization)
      await store.close()
      return read
    } catch let error as StoreError {
      throw CommandFailure(.refused, "\(folder.database) cannot be read: \(LogFile.words(error))")
    }
  }
}

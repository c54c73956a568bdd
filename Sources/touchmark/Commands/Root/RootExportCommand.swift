import AdministrationAPI
import ArgumentParser
import AuditLog
import Foundation
import Issuance
import KeyCustody
import Registry

struct RootExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Seals a root's key into one file, and takes it off the machine.",
    discussion: """
      The file has a passphrase of its own (--passphrase-file, TOUCHMARK_EXPORT_PASSPHRASE_FILE, or the terminal). It is \
      read back and its key is tried before anything is removed.
      """)

  @Option(help: ArgumentHelp("The file to make.", valueName: "file"))
  var to: String

  @Option(help: ArgumentHelp("A file with the passphrase that it is sealed under.", valueName: "file"))
  var passphraseFile: String?

  @Flag(help: "Removes the key from the data folder once the file was read back.")
  var remove = false

  @Option(help: ArgumentHelp("Another root than the one in force: its identifier, or successor.", valueName: "root"))
  var which: String = "root"

  @Option(
    help: ArgumentHelp(
      "Where approvers stand before the root: what they are asked. Written when it is not there, else read.",
      valueName: "file"))
  var request: String?
  @Option(help: ArgumentHelp("What approvers signed of --request.", valueName: "file"))
  var approval: String?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if approval != nil, request == nil { throw ValidationError("--approval comes with the --request that it is for") }
  }

  func run() async throws {
    try PrivateFile.expectFree(to)
    try await connection.connected { server in
      guard let data = server.location.dataFolder else {
        throw CommandFailure(.usage, "a root is exported on its own machine", hint: "name its folder with --data DIR")
      }
      let folder = InstallationFolder(path: data)
      let root = try await server.activeAuthority(which)
      if let home = root.keyHome, TokenKeyName.isToken(home) {
        throw CommandFailure(
          .conflict, "the key of \(root.id) lives on \(home) and never leaves it",
          hint: "take the token itself away, or copy it with its maker's own tool")
      }
      guard let place = RootPlace.all(in: folder).first(where: { $0.roots.contains(root.id) }) else {
        throw CommandFailure(.notFound, "the key of \(root.id) is not in \(data)", hint: "it was exported before")
      }
      guard let leave = try await leave(for: root, in: folder, server) else { return }
      let key = try await export(place, in: folder)
      try await verify(place, key)
      let _: AuthorityItem = try await server.post(
        "/authorities/\(Query.escape(root.id))/export",
        RootExport(removed: remove, request: leave.request, approval: leave.approval))
      StandardOutput.write("\(root.id) is in \(to), which was read back\n")
      guard remove else { return StandardError.hint("take it off this machine as well: --remove") }
      try SealedKeyStore.remove(directory: place.path, machineSecret: place.machineSecret(in: folder))
      StandardOutput.write("\(place.path) is removed\n")
      StandardError.hint("keep \(to) and its passphrase apart, each in two places; nobody can make another")
    }
  }

  /// Approvers' leave, held against the documents in the folder's store; nil when it was only asked for.
  private func leave(
    for root: AuthorityItem, in folder: InstallationFolder, _ server: ServerConnection
  ) async throws -> (request: String?, approval: String?)? {
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    guard let organization = OrganizationID(rawValue: configuration.organizationID) else {
      throw CommandFailure(.refused, "\(folder.configuration) names no organization")
    }
    guard let pin = try await RootRemark.approvers(in: folder, of: organization) else { return (nil, nil) }
    guard let request else {
      throw CommandFailure(
        .refused, "approvers stand before \(root.id)",
        hint:
          "touchmark root export --request FILE, touchmark approver sign FILE …, then --request FILE --approval NOTE")
    }
    guard FileManager.default.fileExists(atPath: request) else {
      let asked: RootRequestItem = try await server.post("/authorities/\(Query.escape(root.id))/export-request")
      try PrivateFile.create(request, asked.request)
      StandardError.say("wrote the request \(asked.id) to \(request); nothing is exported yet")
      StandardError.hint("approvers, on their own machines: touchmark approver sign \(request) --person NAME …")
      return nil
    }
    let note = try InputFile.text(request)
    let asked = try RootErrand.parse(note)
    guard asked.act == .exportRoot, asked.subject.rawValue == root.id else {
      throw CommandFailure(.refused, "\(request) asks for something else than exporting \(root.id)")
    }
    let cleared = try await RootErrand.signed {
      try ClearedRequest(
        asked, note: note, approval: try approval.map { try InputFile.text($0) }, pinned: [pin], at: systemClock())
    }
    return (asked.id.rawValue, cleared.approval)
  }

  private func export(_ place: RootPlace, in folder: InstallationFolder) async throws -> SealedKeyStore {
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    let source = try SecretSource.forOpening(
      place.role, store: place.path, directory: folder.path, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal)
    let store = try await SealedKeyStore.opened(
      directory: place.path, organization: configuration.organizationID,
      secret: try await source.obtained(creating: false))
    let secret = try await RootKeyring.passphrase(.exported, file: passphraseFile).obtained(creating: true)
    let known = (try? InputFile.text(folder.requestKey))?.trimmingCharacters(in: .whitespacesAndNewlines)
    let organization = OrganizationID(rawValue: configuration.organizationID)
    let approvers: ApproverPin? =
      if let organization { try await RootRemark.approvers(in: folder, of: organization) } else { nil }
    let remark = "\(RootRemark(requestKey: known.flatMap { NoteKey($0) }, approvers: approvers))"
    let path = to
    try await OwnThread.run { () throws(CustodyError) in
      try SealedKeyFile.export(store, to: path, remark: remark, secret: secret)
    }
    return store
  }

  /// From the disk, with the passphrase asked for again: a file that cannot be opened must not be the only one.
  private func verify(_ place: RootPlace, _ store: SealedKeyStore) async throws {
    let secret = try await RootKeyring.passphrase(.exported, file: passphraseFile).obtained(creating: false)
    let file = try await SealedKeyFile.opened(to, secret: secret)
    for name in place.roots {
      let original = try store.signer(named: name, purpose: "authority").publicKey
      let copy = try file.signer(named: name, purpose: "authority")
      let message = Array("touchmark root export".utf8)
      guard copy.publicKey == original,
        original.isValidSignature(try copy.signature(over: message), over: message, algorithm: copy.algorithm)
      else { throw CommandFailure(.refused, "\(to) does not hold the key that was exported; nothing was removed") }
    }
  }
}

import ArgumentParser
import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Makes an installation again from a backup, in a new epoch of its log.",
    discussion: """
      It never touches an installation that is there. The root signs the new epoch: its sealed keys are inside the \
      backup or named by --root; a root elsewhere is asked by --request FILE, and answers by --answer FILE. \
      Each authority's last published list is given with --crl, or left out on purpose with --without-crl. \
      Secrets that were not used are void and grants stay closed until touchmark grant reopen.
      """)

  @Argument(help: "The backup.") var file: String
  @Option(help: "The folder to make (or TOUCHMARK_DATA).") var data: String?
  @Option(help: "A file with the backup's passphrase.") var passphraseFile: String?
  @Option(
    help: ArgumentHelp(
      "Checkpoints of the lost log that were kept elsewhere: a file with one or more, or a sink's folder.",
      valueName: "path"))
  var checkpoint: String?
  @Option(
    help: ArgumentHelp(
      "The last published revocation list of an authority, DER or PEM, or a folder of .crl files; repeatable.",
      valueName: "path"))
  var crl: [String] = []
  @Option(
    name: .customLong("without-crl"),
    help: ArgumentHelp(
      "An authority (installation, operational, …) whose list is left out: what it revoked since is forgotten. Logged.",
      valueName: "authority"))
  var withoutCRL: [String] = []
  @Option(help: "How long certificates issued since the backup are taken back (default 30d).")
  var recoveryWindow: Lifetime?
  @Option(
    help: ArgumentHelp("The root's sealed keys: a folder, or the file of root export.", valueName: "path"))
  var root: String?
  @Option(help: ArgumentHelp("A file with the passphrase of --root.", valueName: "file")) var rootPassphraseFile:
    String?
  @Option(help: "A request for a root elsewhere: written when it is not there, else read.") var request: String?
  @Option(help: "What the root answered to --request.") var answer: String?
  @Option(help: "What approvers signed of --request, where they stand before the root.") var approval: String?

  func validate() throws {
    if approval != nil, request == nil { throw ValidationError("--approval comes with the --request that it is for") }
    if answer != nil, request == nil { throw ValidationError("--answer comes with the --request that it answers") }
    if rootPassphraseFile != nil, root == nil { throw ValidationError("--root-passphrase-file comes with --root") }
  }

  func run() async throws {
    let folder = InstallationFolder.named(data)
    try checkFree(folder)
    for path in [file] + crl + [checkpoint, answer, approval, root, rootPassphraseFile].compactMap({ $0 })
    where path != "-" && !FileManager.default.fileExists(atPath: path) {
      throw InputFile.missing(path)
    }
    let work = InstallationFolder(path: folder.path + ".restoring-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(
      atPath: work.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: work.path) }
    try await RecoveryFailure.explained { try await restore(into: work, for: folder) }
  }

  private func checkFree(_ folder: InstallationFolder) throws(CommandFailure) {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard content.isEmpty, !folder.isFounded else {
      throw CommandFailure(
        .conflict, "\(folder.path) is not empty, and restore never writes over an installation",
        hint: "name a folder that does not exist yet")
    }
  }

  private func restore(into work: InstallationFolder, for folder: InstallationFolder) async throws {
    let notes = try checkpoint.map { path throws(CommandFailure) in try OutsideCheckpoints.notes(path) }
    var terms = RestoreTerms(
      revocationLists: try RevocationListFiles.read(crl), withoutLists: withoutCRL,
      recoveryWindow: recoveryWindow?.span ?? .days(30))
    let passphrase = try await BackupPassphrase.obtain(file: passphraseFile, creating: false)
    let restoration = try await Restoration.unpack(file, passphrase: passphrase, into: work.path, clock: systemClock)
    let keys = try await restoration.openKeys { isNew in try await onlineSecret(isNew: isNew, work) }
    terms.checkpoint = try notes.map { try newest($0, of: restoration, keys) }
    guard let asked = try await asked(restoration, terms, keys: keys, address: address(work)) else { return }
    let answer = try await answered(asked.request, note: asked.note, work)
    let restored = try await restoration.open(
      asked.request, note: asked.note, answer: answer, terms: terms, by: NSUserName())
    try? FileManager.default.removeItem(atPath: folder.path)  // known to be empty, or not there
    guard rename(work.path, folder.path) == 0 else {
      throw CommandFailure(.refused, "\(folder.path) cannot be made: \(String(cString: strerror(errno)))")
    }
    say(restored, folder)
    try? InstallationConfiguration.load(from: folder.configuration).sayTokensStay()
  }

  private func onlineSecret(isNew: Bool, _ work: InstallationFolder) async throws -> UnsealingSecret {
    let environment = ProcessInfo.processInfo.environment
    let source =
      isNew
      ? SecretSource.forCreation(
        .online, directory: work.path, environment: environment, isTerminal: SecretSource.hasTerminal)
      : try SecretSource.forOpening(
        .online, store: work.onlineKeys, directory: work.path, environment: environment,
        isTerminal: SecretSource.hasTerminal)
    return try await source.obtained(creating: isNew)
  }

  private func newest(_ notes: [String], of restoration: Restoration, _ keys: SealedKeyStore) throws -> String {
    do { return try restoration.newestCheckpoint(among: notes, keys: keys) } catch let refusal as Refusal {
      throw CommandFailure(
        .refused, "\(checkpoint ?? ""): \(refusal.reason)",
        hint: "take what --checkpoint-sink wrote for the installation that was lost, or leave --checkpoint out")
    }
  }

  /// For whoever reads the request.
  private func address(_ work: InstallationFolder) -> String {
    (try? InstallationConfiguration.load(from: work.configuration).addresses.publicHTTP) ?? ""
  }

  /// Nil when the request was written just now and its answer is awaited.
  private func asked(
    _ restoration: Restoration, _ terms: RestoreTerms, keys: SealedKeyStore, address: String
  ) async throws -> (request: RootRequest, note: String?)? {
    if let request, FileManager.default.fileExists(atPath: request) {
      let note = try InputFile.text(request)
      return (try RootRequest.unverified(note: note), note)
    }
    let fresh = try await restoration.request(terms, keys: keys, askedBy: NSUserName(), address: address)
    if terms.checkpoint == nil { warnOfEpoch(fresh.epochNumber) }
    guard let request else { return (fresh, nil) }
    let signing = try await RequestSigning(keys: keys, organization: restoration.organization)
    try PrivateFile.create(request, try signing.signedNote(of: fresh))
    StandardError.say("\(request) asks the root to open epoch \(fresh.epochNumber) of the log; nothing is restored yet")
    StandardError.hint("let the root answer it, then run the same command with --answer FILE")
    return nil
  }

  /// The backup does not know whether it was restored before.
  private func warnOfEpoch(_ epoch: Int) {
    StandardError.say(
      "no checkpoint was given: what is lost cannot be counted, and should this backup have been restored before, "
        + "two logs that differ are both epoch \(epoch) under one key")
    StandardError.hint(
      "give the newest checkpoint that was kept elsewhere, of the later installation: --checkpoint PATH")
  }

  private func answered(
    _ request: RootRequest, note: String?, _ work: InstallationFolder
  ) async throws -> RootAnswer {
    if let answer { return try RootAnswer(text: try InputFile.text(answer)) }
    // The restored store says who approves, whatever the request's file says.
    let pin = try await RootRemark.approvers(in: work, of: request.organization)
    let cleared: ClearedRequest
    do {
      cleared = try ClearedRequest(
        request, note: note, approval: try approval.map { try InputFile.text($0) }, pinned: [pin].compactMap { $0 },
        at: systemClock())
    } catch let refusal as Refusal where note == nil {
      throw CommandFailure(
        .refused, refusal.reason,
        hint: "run it with --request FILE, touchmark approver sign FILE …, then --request FILE --approval NOTE")
    }
    let place = root ?? work.rootKeys
    guard FileManager.default.fileExists(atPath: place) else {
      throw CommandFailure(
        .refused, "the root's keys are not inside the backup, and the root signs the new epoch of the log",
        hint: "name them with --root PATH, or ask a root elsewhere with --request FILE")
    }
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
    guard isFolder.boolValue else {
      let files = rootPassphraseFile.map { [$0] } ?? []
      var keyring = RootKeyring(folder: nil, files: [place], passphraseFiles: files)
      return try await keyring.answer(
        request, note: note, approval: try approval.map { try InputFile.text($0) }, successorFile: nil)
    }
    return try await answered(cleared, of: request.organization, folder: place)
  }

  private func answered(
    _ cleared: ClearedRequest, of organization: OrganizationID, folder place: String
  ) async throws -> RootAnswer {
    let parent = URL(fileURLWithPath: place).standardizedFileURL.deletingLastPathComponent().path
    var environment = ProcessInfo.processInfo.environment
    if let rootPassphraseFile { environment[SecretRole.root.variable] = rootPassphraseFile }
    let source = try SecretSource.forOpening(
      .root, store: place, directory: parent, environment: environment, isTerminal: SecretSource.hasTerminal)
    let sealed = try await SealedKeyStore.opened(
      directory: place, organization: organization.rawValue, secret: try await source.obtained(creating: false))
    var signers: [AuthorityID: any Signer] = [:]
    for name in sealed.names() {
      if let id = AuthorityID(rawValue: name) {
        signers[id] = try sealed.signer(named: name, purpose: AuthoritySet.keyPurpose)
      }
    }
    return try await RootHolder(keys: signers, clock: systemClock).answer(cleared)
  }

  private func say(_ restored: Restored, _ folder: InstallationFolder) {
    print("\(folder.path) is restored, in epoch \(restored.epoch) of its log")
    let lost = restored.entriesLost.map { "\($0) entries of the log are known to be lost" }
    StandardError.say(
      "what happened from \(restored.restoredFrom) to \(restored.openedAt) is lost: "
        + (lost ?? "no checkpoint said how much"))
    StandardError.say(
      "\(restored.voidedSecrets) unused secrets are void, \(restored.closedGrants) grants are closed, "
        + "\(restored.revocations) revocations came from lists")
    StandardError.say("certificates issued in that time are taken back until \(restored.recoveryUntil)")
    for authority in restored.leftOut {
      StandardError.say("no list was given of \(authority): what it revoked since the backup is forgotten")
    }
    for list in restored.passedOver {
      StandardError.say("\(list) is of no authority that the backup knows, and was passed over")
    }
    if !restored.retired.isEmpty {
      StandardError.say("retired, as the lists say: \(Self.some(restored.retired))")
    }
    sayWhoActs(restored)
    StandardError.hint("open grants again with touchmark grant reopen, and invite devices that had unused secrets")
    StandardError.hint(
      "retire again what was retired since the backup and is on no list: a device that had no certificate by then")
    StandardError.hint("bring an administrator's key (--identity), and start: touchmark serve --data \(folder.path)")
  }

  /// Those whom the backup brings back: somebody who left since then has to be noticed now.
  private func sayWhoActs(_ restored: Restored) {
    for role in AdministratorRecord.Role.allCases {
      let names = restored.administrators.filter { $0.role == role }.map(\.name)
      if !names.isEmpty { StandardError.say("\(role.rawValue) from now on: \(Self.some(names))") }
    }
    if !restored.administrators.contains(where: { $0.role == .administrator }) {
      StandardError.say("nobody may administer any more")
      StandardError.hint("on this machine, before it serves: touchmark admin recover")
    }
  }

  private static func some(_ names: [String]) -> String {
    let shown = names.prefix(50).map(Printable.text).joined(separator: ", ")
    return names.count > 50 ? "\(shown) and \(names.count - 50) more" : shown
  }
}

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
      Secrets that were not used are void and grants stay closed until touchmark grant reopen.
      """)

  @Argument(help: "The backup.") var file: String
  @Option(help: "The folder to make (or TOUCHMARK_DATA).") var data: String?
  @Option(help: "A file with the backup's passphrase.") var passphraseFile: String?
  @Option(help: "The newest checkpoint of the lost log that was kept elsewhere.") var checkpoint: String?
  @Option(help: "A published revocation list, DER or PEM; repeatable, one for each authority.") var crl: [String] = []
  @Option(help: "How long certificates issued since the backup are taken back (default 30d).")
  var recoveryWindow: Lifetime?
  @Option(help: "The folder with the root's sealed keys.") var root: String?
  @Option(help: "A request for a root elsewhere: written when it is not there, else read.") var request: String?
  @Option(help: "What the root answered to --request.") var answer: String?
  @Option(help: "What approvers signed of --request, where they stand before the root.") var approval: String?

  func validate() throws {
    if approval != nil, request == nil { throw ValidationError("--approval comes with the --request that it is for") }
    if answer != nil, request == nil { throw ValidationError("--answer comes with the --request that it answers") }
  }

  func run() async throws {
    let folder = InstallationFolder.named(data)
    try checkFree(folder)
    for path in [file] + crl + [checkpoint, answer, approval].compactMap({ $0 })
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
    let passphrase = try await BackupPassphrase.obtain(file: passphraseFile, creating: false)
    let restoration = try await Restoration.unpack(file, passphrase: passphrase, into: work.path, clock: systemClock)
    let keys = try await restoration.openKeys { isNew in try await onlineSecret(isNew: isNew, work) }
    let terms = try terms()
    guard let asked = try await asked(restoration, terms, keys: keys) else { return }
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

  private func terms() throws -> RestoreTerms {
    let lists = try crl.map { path in
      let octets = try InputFile.bytes(path, limit: 256 * 1024 * 1024)
      return PEM.parse(String(decoding: octets, as: UTF8.self))?.first?.bytes ?? octets
    }
    return RestoreTerms(
      checkpoint: try checkpoint.map { path throws(CommandFailure) in try InputFile.text(path) },
      revocationLists: lists, recoveryWindow: recoveryWindow?.span ?? .days(30))
  }

  /// Nil when the request was written just now and its answer is awaited.
  private func asked(
    _ restoration: Restoration, _ terms: RestoreTerms, keys: SealedKeyStore
  ) async throws -> (request: RootRequest, note: String?)? {
    guard let request else { return (try await restoration.request(terms, keys: keys, askedBy: NSUserName()), nil) }
    if FileManager.default.fileExists(atPath: request) {
      let note = try InputFile.text(request)
      return (try RootRequest.unverified(note: note), note)
    }
    let fresh = try await restoration.request(terms, keys: keys, askedBy: NSUserName())
    let signing = try await RequestSigning(keys: keys, organization: restoration.organization)
    try PrivateFile.create(request, try signing.signedNote(of: fresh))
    StandardError.say("\(request) asks the root to open epoch \(fresh.epochNumber) of the log; nothing is restored yet")
    StandardError.hint("let the root answer it, then run the same command with --answer FILE")
    return nil
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
        hint: "name them with --root DIR, or ask a root elsewhere with --request FILE")
    }
    let parent = URL(fileURLWithPath: place).standardizedFileURL.deletingLastPathComponent().path
    let source = try SecretSource.forOpening(
      .root, store: place, directory: parent, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal)
    let sealed = try await SealedKeyStore.opened(
      directory: place, organization: request.organization.rawValue, secret: try await source.obtained(creating: false))
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
    StandardError.hint("open grants again with touchmark grant reopen, and invite devices that had unused secrets")
    StandardError.hint("bring an administrator's key (--identity), and start: touchmark serve --data \(folder.path)")
  }
}

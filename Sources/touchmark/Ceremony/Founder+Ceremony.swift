import AuditLog
import Foundation
import Issuance
import KeyCustody
import Registry

extension Founder {
  /// The first half of founding under a root that is elsewhere: keys and request in a folder that is no installation yet.
  ///
  /// - Parameters:
  ///   - documents: the approvers' documents that came with the root.
  ///   - filling: gets the request's file, the key that signed it and the folder, before that is moved into place.
  func ask(
    _ roots: FoundedRoots, documents: [String], for persons: [String],
    _ filling: (String, NoteKey, InstallationFolder) throws -> Void
  ) async throws {
    try checkFolder()
    let others = try options.firstApprovers()
    guard others.allSatisfy({ $0.organization == roots.organization.id }) else {
      throw CommandFailure(.refused, "--approvers is of another organization than the root, \(roots.organization.id)")
    }
    let tokens = try await FoundingTokens(options)
    defer { tokens.stop() }
    let work = InstallationFolder(path: folder.path + ".making-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(atPath: work.path) }
    try makeFolder(work.path)
    var configuration = configuration(roots.organization)
    configuration.publicHTTP = roots.addresses.publicHTTP
    let plan = CeremonyPlan(
      algorithm: options.algorithm, administrator: options.administrator, adminIdentity: options.adminIdentity,
      approvers: documents + others.map(\.note))
    try plan.write(configuration, in: work)
    let online = try await sealed(.online, work.onlineKeys, work, roots.organization)
    let founding = Founding(
      plan: try plan.founding(roots.organization, configuration),
      keys: FoundingKeys(root: online, successor: online, online: online, issuing: tokens.issuing))
    let asked = try await founding.ask(roots, askedBy: persons.joined(separator: " "), approvers: documents)
    try filling(asked, try await RequestSigning(keys: online, organization: roots.organization.id).key, work)
    try moveIntoPlace(work)
    tokens.announce()
  }
}

/// The second half: an installation from what a root answered.
struct CeremonyFounder {
  let folder: InstallationFolder

  /// The configuration is written last: it is what makes the folder an installation, so that a crash before it leaves one
  /// in which the same is done again.
  func found(_ roots: FoundedRoots, asked: String, answer: RootAnswer) async throws {
    let (plan, configuration) = try CeremonyPlan.load(from: folder)
    let source = try SecretSource.forOpening(
      .online, store: folder.onlineKeys, directory: folder.path, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal)
    StandardError.say(source.explanation)
    let online = try await SealedKeyStore.opened(
      directory: folder.onlineKeys, organization: configuration.organizationID,
      secret: try await source.obtained(creating: false))
    let tokens = try await TokenRooms.open(configuration, sealed: online)
    defer { tokens.stop() }
    removeHalfMade()
    let keys = FoundingKeys(root: online, successor: online, online: online, issuing: tokens.authorityKeys)
    let founding = Founding(plan: try plan.founding(roots.organization, configuration), keys: keys)
    let store = try SQLiteStore(path: folder.database)
    let founded: Founded
    do { founded = try await founding.found(roots, asked: asked, answer: answer, in: store) } catch {
      await store.close()
      removeHalfMade()
      throw error
    }
    await store.close()
    try FoundedFiles(folder: folder, identityPath: plan.adminIdentity).write(founded)
    try CeremonyDesk.write(try configuration.text, to: folder.configuration)
  }

  /// Of an earlier try that ended before its configuration was written.
  private func removeHalfMade() {
    let store = [folder.database, folder.database + "-wal", folder.database + "-shm"]
    let files = [folder.rootCertificate, folder.logKey, folder.administratorKey, folder.administratorCertificate]
    for path in store + files + [folder.onlineKeys + "/\(Founding.logKeyName).key"] { unlink(path) }
  }
}

import Foundation
import Issuance
import KeyCustody
import Registry

/// An installation on this machine that no server serves just now, opened with its keys: for what may be done only on
/// the machine itself.
struct StoppedInstallation {
  struct Opened: Sendable {
    let store: SQLiteStore
    let keys: SealedKeyStore
    let tokens: TokenRooms
    let roster: AuthorityRoster
    let administration: Administration
    let appointments: AdministratorAppointment
  }

  let folder: InstallationFolder

  func run<Result: Sendable>(_ body: (Opened) async throws -> Result) async throws -> Result {
    guard folder.isFounded else {
      throw CommandFailure(
        .notFound, "there is no installation in \(folder.path)", hint: "name the folder with --data DIR")
    }
    let lock = try FolderLock(folder.path)
    defer { lock.release() }
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    let opened = try await open(configuration)
    do {
      let result = try await body(opened)
      await opened.store.close()
      opened.tokens.stop()
      return result
    } catch {
      await opened.store.close()
      opened.tokens.stop()
      throw error
    }
  }

  private func open(_ configuration: InstallationConfiguration) async throws -> Opened {
    guard let organization = OrganizationID(rawValue: configuration.organizationID) else {
      throw CommandFailure(.refused, "\(folder.configuration) names no organization")
    }
    let source = try SecretSource.forOpening(
      .online, store: folder.onlineKeys, directory: folder.path, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal)
    StandardError.say(source.explanation)
    let keys = try await SealedKeyStore.opened(
      directory: folder.onlineKeys, organization: configuration.organizationID,
      secret: try await source.obtained(creating: false))
    let tokens = try await TokenRooms.open(configuration, sealed: keys)
    let store = try SQLiteStore(path: folder.database)
    let roster = AuthorityRoster(
      try await AuthoritySet.load(
        organization: organization, addresses: try configuration.addresses, keys: tokens.authorityKeys,
        from: store))
    let administration = Administration(store: store, organization: organization, clock: systemClock)
    return Opened(
      store: store, keys: keys, tokens: tokens, roster: roster, administration: administration,
      appointments: AdministratorAppointment(administration: administration, roster: roster))
  }
}

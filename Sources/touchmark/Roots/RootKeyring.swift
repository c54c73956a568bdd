import Foundation
import Issuance
import KeyCustody
import Registry

/// The keys of roots that are at hand: in the data folder, and in exported files.
struct RootKeyring {
  let folder: InstallationFolder?
  let files: [String]
  /// In the order of `files`: what opens each; where it is empty, the environment or the terminal says.
  var passphraseFiles: [String] = []
  /// Those of the files that are open already: each costs a scrypt.
  var opened: [String: SealedKeyFile] = [:]

  /// Where a root's key is; nil when it is not here.
  enum Place {
    case folder(RootPlace)
    case file(String)
    /// A token's URI. Whether the key is on it is seen when it is opened.
    case token(String)
  }

  private var tokens: [String] { files.filter(TokenKeyName.isToken) }

  func place(of id: AuthorityID) throws(CommandFailure) -> Place? {
    for file in files where !TokenKeyName.isToken(file) {
      do throws(CustodyError) {
        if try SealedKeyFile.names(in: file).contains(id.rawValue) { return .file(file) }
      } catch {
        throw CommandFailure(.refused, "\(error)", hint: "touchmark root export --to FILE makes such a file")
      }
    }
    let sealed = folder.flatMap { RootPlace.all(in: $0).first { $0.roots.contains(id.rawValue) } }
    return sealed.map { .folder($0) } ?? tokens.first.map { .token($0) }
  }

  /// The first root that a request needs and that is not here.
  func missing(for request: RootRequest) throws(CommandFailure) -> AuthorityID? {
    for id in request.issuers where try place(of: id) == nil { return id }
    return nil
  }

  /// The one place where commands open a root's key to sign: nothing is opened before approvers, where there are any, have
  /// approved this very file. Then makes the new root's key where one is asked for, and signs.
  ///
  /// - Parameters:
  ///   - note: the request's file; nil where none was written, which approvers cannot approve.
  ///   - approval: what approvers signed.
  ///   - successorFile: where the new root's key goes, instead of the data folder.
  mutating func answer(
    _ request: RootRequest, note: String?, approval: String?, successorFile: String?
  ) async throws -> RootAnswer {
    let cleared = try ClearedRequest(
      request, note: note, approval: approval, pinned: try await pins(for: request), at: systemClock())
    var signers: [AuthorityID: any Signer] = [:]
    var kinds: [SecretKind] = []
    for id in request.issuers {
      guard let place = try place(of: id) else {
        throw CommandFailure(.refused, "the key of the root \(id) is not here", hint: "name its file with --root FILE")
      }
      guard let issuer = request.tasks.lazy.map(\.issuer).first(where: { $0.id == id }) else { continue }
      let (signer, kind) = try await open(issuer, at: place, of: request.organization)
      signers[id] = signer
      kinds.append(kind)
    }
    let holder = RootHolder(keys: signers, clock: systemClock)
    guard let founded = request.foundedRoot else { return try await holder.answer(cleared) }
    let key = try await make(founded, of: request.organization, to: successorFile, besides: kinds)
    return try await holder.answer(cleared, founded: key)
  }

  /// What the places of these roots remember of their approvers: a file of keys says it under its seal.
  private mutating func pins(for request: RootRequest) async throws -> [ApproverPin] {
    var pins: [ApproverPin] = []
    if let folder, let pin = try await RootRemark.approvers(in: folder, of: request.organization) { pins.append(pin) }
    for id in request.issuers {
      guard case .file(let path)? = try place(of: id) else { continue }
      let file: SealedKeyFile
      if let known = opened[path] { file = known } else { file = try await open(path) }
      opened[path] = file
      if let pin = try RootRemark(file.remark, of: path).approvers { pins.append(pin) }
    }
    return pins
  }

  func open(
    _ root: RootReference, at place: Place, of organization: OrganizationID
  ) async throws -> (any Signer, SecretKind) {
    let id = root.id
    switch place {
    case .token: return (try await RootToken(uris: tokens).key(of: root), .passphrase)
    case .file(let path):
      let source = try passphrase(of: path)
      let known = opened[path]
      let file: SealedKeyFile
      if let known { file = known } else { file = try await open(path) }
      guard file.organization == organization.rawValue else {
        throw CommandFailure(.refused, "\(path) is a root of another organization")
      }
      return (try file.signer(named: id.rawValue, purpose: "authority"), source.kind)
    case .folder(let place):
      guard let folder else { throw CommandFailure(.refused, "there is no data folder") }
      let source = try SecretSource.forOpening(
        place.role, store: place.path, directory: folder.path, environment: ProcessInfo.processInfo.environment,
        isTerminal: SecretSource.hasTerminal)
      StandardError.say("\(place.role.noun): \(source.explanation)")
      let store = try await SealedKeyStore.opened(
        directory: place.path, organization: organization.rawValue,
        secret: try await source.obtained(creating: false))
      return (try store.signer(named: id.rawValue, purpose: "authority"), source.kind)
    }
  }

  private func make(
    _ founded: FoundTask, of organization: OrganizationID, to file: String?, besides kinds: [SecretKind]
  ) async throws -> any Signer {
    if let file {
      let source = try Self.passphrase(.newExport)
      let secret = try await source.obtained(creating: true)
      return try await OwnThread.run { () throws(CustodyError) in
        try SealedKeyFile.generate(
          file, organization: organization.rawValue, name: founded.id.rawValue, purpose: "authority",
          algorithm: founded.algorithm, remark: "", secret: secret)
      }
    }
    guard let folder else {
      throw CommandFailure(
        .usage, "the request makes a new root, whose key needs a place", hint: "name a file: --successor-to FILE")
    }
    let place = RootPlace.free(in: folder)
    let source = try Self.source(for: place, in: folder, besides: kinds)
    StandardError.say("\(place.foundingRole.noun): \(source.explanation)")
    let store = try await SealedKeyStore.created(
      directory: place.path, organization: organization.rawValue, secret: try await source.obtained(creating: true))
    return try await store.generated(name: founded.id.rawValue, purpose: "authority", algorithm: founded.algorithm)
  }

  /// A machine-local secret only where the root that signs has one too: a passphrase is never followed by less.
  private static func source(
    for place: RootPlace, in folder: InstallationFolder, besides kinds: [SecretKind]
  ) throws(CommandFailure) -> SecretSource {
    let source = SecretSource.forCreation(
      place.foundingRole, directory: folder.path, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal)
    guard source.kind == .passphrase || kinds.allSatisfy({ $0 == .machineLocal }) else {
      throw CommandFailure(
        .refused, "the new root's key needs a passphrase of its own",
        hint: "name a file that holds it in \(place.foundingRole.variable), or start on a terminal")
    }
    return source
  }

  func open(_ path: String) async throws -> SealedKeyFile {
    let source = try passphrase(of: path)
    StandardError.say("\(path): \(source.explanation)")
    return try await SealedKeyFile.opened(path, secret: try await source.obtained(creating: false))
  }

  /// Roots in files have passphrases of their own: one variable for all of them would make them the same.
  private func passphrase(of path: String) throws(CommandFailure) -> SecretSource {
    let place = files.firstIndex(of: path)
    let named = place.flatMap { passphraseFiles.indices.contains($0) ? passphraseFiles[$0] : nil }
    return try Self.passphrase(.exported, file: named)
  }

  /// Files are opened by passphrases alone.
  ///
  /// - Parameter file: holds the passphrase, in the place of what the environment names.
  static func passphrase(_ role: SecretRole, file: String? = nil) throws(CommandFailure) -> SecretSource {
    var environment = ProcessInfo.processInfo.environment
    if let file { environment[role.variable] = file }
    let source = SecretSource.forCreation(
      role, directory: "", environment: environment, isTerminal: SecretSource.hasTerminal)
    guard source.kind == .passphrase else {
      throw CommandFailure(
        .refused, "\(role.noun) needs a passphrase",
        hint: "name a file that holds it in \(role.variable), or start on a terminal")
    }
    return source
  }
}

extension SecretRole {
  /// The passphrase of a file that is being made for a new root.
  fileprivate static let newExport = SecretRole(
    variable: "TOUCHMARK_NEW_SUCCESSOR_PASSPHRASE_FILE", credential: "touchmark-new-successor-passphrase",
    machineFile: "", noun: "the new successor root's key")
}

import AuditLog
import Credentials
import Foundation
import KeyCustody
import Registry
import WireFormats

/// What an operator says of a restore.
public struct RestoreTerms: Sendable {
  /// The newest checkpoint of the lost log that was kept elsewhere, a signed note; nil takes the backup's.
  public var checkpoint: String?
  /// The last published revocation lists, of each authority that publishes one.
  public var revocationLists: [GivenList]
  /// Authorities, by identifier or purpose, of which no list is given: what they revoked since the backup is forgotten.
  public var withoutLists: [String]
  /// How long certificates of the lost window are taken back.
  public var recoveryWindow: Span

  public init(
    checkpoint: String? = nil, revocationLists: [GivenList] = [], withoutLists: [String] = [],
    recoveryWindow: Span = .days(30)
  ) {
    (self.checkpoint, self.recoveryWindow) = (checkpoint, recoveryWindow)
    (self.revocationLists, self.withoutLists) = (revocationLists, withoutLists)
  }
}

/// A backup that was unpacked into a folder of its own and serves nobody yet.
///
/// Nothing counts before `open`, which is one transaction; whoever calls moves the folder into place afterwards.
public struct Restoration: Sendable {
  public let manifest: BackupManifest
  public let organization: OrganizationID
  /// Where it was unpacked.
  public let folder: String
  private let now: Clock

  private init(manifest: BackupManifest, organization: OrganizationID, folder: String, clock: @escaping Clock) {
    (self.manifest, self.organization, self.folder, now) = (manifest, organization, folder, clock)
  }

  /// Unpacks into `folder`, which must be empty. Whatever is wrong with the file, the folder is of no use after a throw.
  public static func unpack(
    _ path: String, passphrase: SecretBytes, into folder: String, clock: @escaping Clock
  ) async throws -> Restoration {
    try await unpack(path, passphrase: passphrase, into: folder, clock: clock, bounds: .standard)
  }

  package static func unpack(
    _ path: String, passphrase: SecretBytes, into folder: String, clock: @escaping Clock, bounds: ScryptBounds
  ) async throws -> Restoration {
    let manifest = try await OwnThread.run { () throws in
      let archive = BackupArchiveReader(try SealedStreamReader(opening: path, passphrase: passphrase, bounds: bounds))
      var manifest: BackupManifest?
      while let (name, size) = try archive.next() {
        let octets = try unpack(name, size, of: archive, into: folder, isFirst: manifest == nil)
        if name == BackupPart.manifest {
          manifest = try JSONDecoder().decode(BackupManifest.self, from: Data(octets))
        }
      }
      return manifest
    }
    guard let manifest, manifest.format == BackupManifest.currentFormat,
      let organization = OrganizationID(rawValue: manifest.organizationID)
    else { throw Refusal(.badRequest, "the backup was written by another version of this program") }
    guard FileManager.default.fileExists(atPath: folder + "/" + BackupPart.database) else {
      throw Refusal(.badRequest, "the backup holds no database")
    }
    return Restoration(manifest: manifest, organization: organization, folder: folder, clock: clock)
  }

  private static func unpack(
    _ name: String, _ size: UInt64, of archive: BackupArchiveReader, into folder: String, isFirst: Bool
  ) throws -> [UInt8] {
    guard isFirst == (name == BackupPart.manifest) else { throw Refusal(.badRequest, "the backup has no beginning") }
    if name == BackupPart.manifest {
      guard size <= BackupPart.maximumSize else { throw Refusal(.badRequest, "a part of the backup is too large") }
      var octets: [UInt8] = []
      try archive.content(size) { octets += $0 }
      return octets
    }
    guard name == BackupPart.database || size <= BackupPart.maximumSize else {
      throw Refusal(.badRequest, "a part of the backup is too large")
    }
    let path = folder + "/" + name
    if let slash = name.firstIndex(of: "/") {
      try FileManager.default.createDirectory(
        atPath: folder + "/" + name[..<slash], withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    guard !FileManager.default.fileExists(atPath: path),
      FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forWritingAtPath: path)
    else { throw Refusal(.unavailable, "\(path) cannot be written") }
    defer { try? file.close() }
    try archive.content(size) { try file.write(contentsOf: $0) }
    try file.synchronize()
    return []
  }

  /// Seals the online keys under this machine's own secret, or leaves them under their passphrase.
  ///
  /// - Parameter secret: asked for with whether the store is a new one (and a passphrase asked for twice).
  public func openKeys(_ secret: (_ isNew: Bool) async throws -> UnsealingSecret) async throws -> SealedKeyStore {
    let directory = folder + "/" + BackupPart.onlineKeys
    let organization = organization.rawValue
    guard manifest.keys == .resealed else {
      return try await SealedKeyStore.opened(
        directory: directory, organization: organization, secret: try await secret(false))
    }
    let secretFile = folder + "/" + BackupPart.transportSecret
    guard let octets = FileManager.default.contents(atPath: secretFile) else {
      throw Refusal(.badRequest, "the backup lacks the secret of its keys")
    }
    let transported = directory + "-transported"
    try FileManager.default.moveItem(atPath: directory, toPath: transported)
    let sealed = try await SealedKeyStore.opened(
      directory: transported, organization: organization, secret: .machineLocal(SecretBytes(copying: octets)))
    let own = try await secret(true)
    let keys = try await OwnThread.run { () throws(CustodyError) in try sealed.copy(to: directory, secret: own) }
    try FileManager.default.removeItem(atPath: transported)
    try FileManager.default.removeItem(atPath: secretFile)
    return keys
  }

  /// What the root is asked to sign: the statement that opens the next epoch. The answer may come from another machine.
  ///
  /// - Parameter address: the plain address that stands in certificates, for whoever reads the request.
  /// - Throws: `Refusal`, also for terms that `open` would refuse: nobody is asked to sign what cannot be used.
  public func request(
    _ terms: RestoreTerms, keys: SealedKeyStore, askedBy: String, address: String = ""
  ) async throws -> RootRequest {
    let store = try SQLiteStore(path: folder + "/" + BackupPart.database)
    defer { Task { await store.close() } }
    let at = now().wholeSecond
    let manifest = manifest
    let organization = organization
    let known = try await store.read { reader in
      _ = try PublishedLists(terms, in: reader, of: organization, at: at)
      return try RestoredState(reader, organization)
    }
    let last = try lastCheckpoint(terms, keys) ?? (known.epoch, known.head)
    guard let restoredFrom = Instant(manifest.at), let root = known.root else {
      throw Refusal(.badRequest, "the backup has no root, or no time")
    }
    guard terms.recoveryWindow >= .seconds(0), terms.recoveryWindow <= .days(3650) else {
      throw Refusal(.badRequest, "a recovery window is up to ten years")
    }
    let statement = EpochStatement(
      organization: organization.rawValue, epoch: max(known.epoch, last.epoch) + 1, openedAt: at,
      restoredFrom: restoredFrom, begins: known.head, lastEpoch: last.epoch, last: last.head,
      recoveryUntil: (at + terms.recoveryWindow).wholeSecond)
    var random = SystemRandomNumberGenerator()
    return RootRequest(
      id: RootRequestID(random: &random), organization: organization, name: known.name, act: .openEpoch,
      subject: root.id, reason: nil, askedBy: askedBy, askedAt: at, expiresAt: at + RootRequest.lifetime,
      address: address, tasks: [.epoch(EpochTask(by: try RootReference(root), statement: statement))],
      approvers: known.approvers)
  }

  /// The log keeps its key over epochs.
  private func logKey(_ origin: String) -> NoteKey? {
    let text = FileManager.default.contents(atPath: folder + "/audit.pub").map { String(decoding: $0, as: UTF8.self) }
    let key = text?.split(whereSeparator: \.isNewline).lazy.compactMap { NoteKey(String($0)) }.first
    return key.flatMap { NoteKey(name: origin, publicKey: $0.publicKey) }
  }

  /// Opens the epoch: one transaction, after which the folder is an installation.
  ///
  /// - Parameter note: the request's file, where it was written: what approvers sign is over its octets.
  @discardableResult
  public func open(
    _ request: RootRequest, note: String? = nil, answer: RootAnswer, terms: RestoreTerms, by user: String
  ) async throws -> Restored {
    guard request.act == .openEpoch, request.organization == organization,
      case .epoch(let task, let signature)? = try answer.checked(against: request).first
    else { throw Refusal(.badRequest, "this is no answer to a request for an epoch of this log") }
    var reopening = Reopening(
      organization: organization, task: task, signature: signature, terms: terms,
      knowsCheckpoint: knowsCheckpoint(terms, task.statement), user: user, now: now())
    let store = try SQLiteStore(path: folder + "/" + BackupPart.database)
    do {
      let (approval, at) = (answer.approval, now())
      reopening.approval = try await store.read {
        try RootApproval.check(approval, for: request, note: note, in: $0, at: at)
      }
      let restored = try await store.write { [reopening] in try reopening.perform(in: $0) }
      await store.close()
      try addLogKey(epoch: restored.epoch)
      return restored
    } catch {
      await store.close()
      throw error
    }
  }

  /// The same key under the new epoch's name: `audit verify` reads both.
  private func addLogKey(epoch: Int) throws {
    let origin = Checkpoint.origin(organization: organization.rawValue, epoch: epoch)
    guard let key = logKey(origin) else { return }
    let path = folder + "/audit.pub"
    let old = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    try Data((old + "\(key)\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}

/// What the restored store says before anything is changed.
private struct RestoredState: Sendable {
  let name: String
  let epoch: Int
  let head: EpochStatement.Head
  let root: AuthorityRecord?
  let approvers: [String]

  init(_ reader: any StoreReader, _ organization: OrganizationID) throws {
    guard let record = try reader.organization(organization) else {
      throw Refusal(.badRequest, "the backup's database is of another organization")
    }
    let frontier = try reader.auditFrontier(in: organization)
    (name, epoch) = (record.name, record.auditEpoch)
    head = EpochStatement.Head(size: frontier.size, root: frontier.root)
    root = try reader.authorities(in: organization).first { $0.purpose == .root && $0.state == .active }
    approvers = try RootApproval.documentNotes(reader, organization)
  }
}

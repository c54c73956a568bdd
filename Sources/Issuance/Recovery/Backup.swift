import AuditLog
import Foundation
import KeyCustody
import Registry
import WireFormats

/// Writes an installation into one file under its own passphrase, while it serves (docs/backup.md).
///
/// A crash leaves a folder and a file that nothing reads; the backup has its name only when it is whole.
public struct Backup: Sendable {
  private let folder: String
  private let store: any Store
  private let organization: OrganizationID
  private let now: Clock
  private let bounds: ScryptBounds

  /// - Parameters:
  ///   - folder: the data folder, with `touchmark.sqlite` and `keys` in it.
  ///   - store: the same database, open: the backup is recorded there.
  public init(folder: String, store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    self.init(folder: folder, store: store, organization: organization, clock: clock, bounds: .standard)
  }

  package init(
    folder: String, store: any Store, organization: OrganizationID, clock: @escaping Clock, bounds: ScryptBounds
  ) {
    (self.folder, self.store, self.organization, now) = (folder, store, organization, clock)
    self.bounds = bounds
  }

  /// What was written.
  public struct Summary: Sendable {
    public let record: BackupRecord
    /// Sealed stores of roots that are inside; one under a machine-local secret never is.
    public let roots: [String]
    /// Those that are not, although they lie in the folder.
    public let omitted: [String]
  }

  /// - Parameters:
  ///   - path: of the file to make; its folder takes a copy of the database meanwhile.
  ///   - online: the online keys, opened; nil takes their files as they are, which a passphrase must protect.
  ///   - by: who asked, for the log.
  public func write(
    to path: String, passphrase: SecretBytes, online: SealedKeyStore?, by user: String
  ) async throws -> Summary {
    let at = now().wholeSecond
    let work = path + ".making-" + Hex.encode(SecretBytes.random(count: 6).withBytes { Array($0) })
    try FileManager.default.createDirectory(
      atPath: work, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: work) }
    let snapshot = work + "/" + BackupPart.database
    let (source, target) = (folder + "/" + BackupPart.database, snapshot)
    try await OwnThread.run { () throws(StoreError) in try SQLiteStore.copySnapshot(of: source, to: target) }
    let manifest = try await manifest(of: snapshot, at: at, keys: online == nil ? .asTheyAre : .resealed)
    let (sealed, roots, omitted) = try content(manifest: manifest, snapshot: snapshot)
    let written = try await OwnThread.run { [bounds] () throws in
      let stream = try SealedStreamWriter(creating: path, passphrase: passphrase, bounds: bounds)
      return try Self.write(to: stream, sealed, resealing: online, in: work, snapshot: snapshot)
    }
    let record = BackupRecord(at: at, size: written.size, digest: written.digest, logSize: manifest.logSize)
    try await self.record(record, path: path, by: user)
    return Summary(record: record, roots: roots, omitted: omitted)
  }

  private func manifest(of snapshot: String, at: Instant, keys: BackupManifest.Keys) async throws -> BackupManifest {
    let copy = try SQLiteStore.openForReading(path: snapshot)
    let organization = organization
    let manifest = try await copy.read { reader -> BackupManifest in
      guard let record = try reader.organization(organization) else {
        throw Refusal(.notFound, "the store does not hold this organization")
      }
      return BackupManifest(
        format: BackupManifest.currentFormat, organization: record.name, organizationID: record.id.rawValue,
        at: "\(at)", epoch: record.auditEpoch, logSize: try reader.auditSize(in: organization),
        checkpoint: try reader.latestCheckpoint(in: organization)?.note, keys: keys)
    }
    await copy.close()
    return manifest
  }

  private typealias Content = (parts: [(name: String, path: String?, octets: [UInt8])], [String], [String])

  /// Small parts first, read now; the database follows them.
  private func content(manifest: BackupManifest, snapshot: String) throws -> Content {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var parts: [(name: String, path: String?, octets: [UInt8])] = [
      (BackupPart.manifest, nil, Array(try encoder.encode(manifest)))
    ]
    for name in BackupPart.plain where FileManager.default.fileExists(atPath: folder + "/" + name) {
      parts.append((name, folder + "/" + name, []))
    }
    if manifest.keys == .asTheyAre {
      guard try SealedKeyStore.secretKind(directory: folder + "/" + BackupPart.onlineKeys) == .passphrase else {
        throw Refusal(.conflict, "keys under a machine-local secret are sealed again for a backup: open them first")
      }
      parts += files(in: folder, BackupPart.onlineKeys)
    }
    var (roots, omitted): ([String], [String]) = ([], [])
    for name in BackupPart.apart where FileManager.default.fileExists(atPath: folder + "/" + name) {
      // A root's passphrase stands between it and whoever opens a backup; a machine-local secret would be nothing.
      let isApart = (try? SealedKeyStore.secretKind(directory: folder + "/" + name)) == .passphrase
      if isApart { parts += files(in: folder, name) }
      if isApart { roots.append(name) } else { omitted.append(name) }
    }
    return (parts, roots, omitted)
  }

  private func files(in folder: String, _ directory: String) -> [(name: String, path: String?, octets: [UInt8])] {
    Self.names(folder + "/" + directory).map { ("\(directory)/\($0)", "\(folder)/\(directory)/\($0)", []) }
  }

  private static func names(_ directory: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func write(
    to stream: SealedStreamWriter, _ parts: [(name: String, path: String?, octets: [UInt8])],
    resealing online: SealedKeyStore?,
    in work: String, snapshot: String
  ) throws -> SealedStreamWriter.Written {
    let archive = BackupArchiveWriter(stream)
    for part in parts {
      if let path = part.path {
        try archive.add(part.name, file: path)
      } else {
        try archive.add(part.name, part.octets)
      }
    }
    if let online {
      // The secret lies in the sealed file beside what it opens: the keys never stand in the clear, not even there.
      let secret = SecretBytes.random(count: 32)
      let directory = work + "/" + BackupPart.onlineKeys
      _ = try online.copy(to: directory, secret: .machineLocal(secret))
      var octets = secret.withBytes { Array($0) }
      defer { SecretBytes.wipe(&octets) }
      try archive.add(BackupPart.transportSecret, octets)
      for name in names(directory) { try archive.add("\(BackupPart.onlineKeys)/\(name)", file: "\(directory)/\(name)") }
    }
    try archive.add(BackupPart.database, file: snapshot)
    return try archive.finish()
  }

  private func record(_ backup: BackupRecord, path: String, by user: String) async throws {
    let organization = organization
    let entry = Actor.installation.entry(
      "backup.write", subject: "organization:\(organization)", outcome: "ok", reason: nil,
      details: [
        "at": "\(backup.at)", "size": "\(backup.size)", "sha256": Hex.encode(backup.digest),
        "log_size": "\(backup.logSize)", "user": user,
      ], door: .command, at: now())
    try await store.write { writer in
      try writer.insert(backup, in: organization)
      try writer.append(entry, in: organization)
    }
  }
}

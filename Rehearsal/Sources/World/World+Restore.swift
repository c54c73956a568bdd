import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import WireFormats

/// A backup while serving, and the day on which it is all that is left.
extension World {
  private static var passphrase: SecretBytes { SecretBytes(copying: Array("a passphrase of its own".utf8)) }

  /// One encrypted file, somewhere else.
  func backUp() async throws -> String {
    let (serving, path) = (serving, place.path + ".backup")
    let backup = Backup(
      folder: place.path, store: serving.store, organization: serving.organization, clock: clock.now)
    _ = try await backup.write(to: path, passphrase: Self.passphrase, online: serving.keys, by: "operator")
    return path
  }

  /// The machine is gone. What was published is not: the last revocation lists, and a checkpoint that was kept elsewhere.
  func restore(_ backup: String, recovery: Span) async throws {
    let terms = try await published(recovery)
    let fresh = place.path + ".restored"
    try FileManager.default.createDirectory(atPath: fresh, withIntermediateDirectories: true)
    let restoration = try await Restoration.unpack(
      backup, passphrase: Self.passphrase, into: fresh, clock: clock.now)
    let keys = try await restoration.openKeys { _ in WorldFolder.secret }
    let request = try await restoration.request(terms, keys: keys, askedBy: "operator")
    let answer = try await rootHolder().answer(request)
    try await restoration.open(request, answer: answer, terms: terms, by: "operator")
    try await restart { place in
      for name in ["touchmark.sqlite", "touchmark.sqlite-wal", "touchmark.sqlite-shm", "keys", "audit.pub"] {
        try? FileManager.default.removeItem(atPath: place.path + "/" + name)
      }
      for name in ["touchmark.sqlite", "keys", "audit.pub"] {
        try FileManager.default.moveItem(atPath: fresh + "/" + name, toPath: place.path + "/" + name)
      }
    }
    for path in [fresh, backup] { try? FileManager.default.removeItem(atPath: path) }
  }

  private func published(_ recovery: Span) async throws -> RestoreTerms {
    let (organization, ids) = (serving.organization, serving.roster.current.records.map(\.id))
    let (lists, checkpoint) = try await serving.store.read { reader in
      let lists = try ids.compactMap { id in
        try reader.revocationList(of: id, in: organization).map { GivenList(name: "\(id).crl", octets: $0.encoded) }
      }
      return (lists, try reader.latestCheckpoint(in: organization)?.note)
    }
    return RestoreTerms(checkpoint: checkpoint, revocationLists: lists, recoveryWindow: recovery)
  }

  /// Whoever holds the keys of the root and of those that wait.
  func rootHolder() throws -> RootHolder {
    var signers: [AuthorityID: any Signer] = [:]
    for store in [try place.open(.root), try place.open(.successor)] {
      for name in store.names() {
        guard let id = AuthorityID(rawValue: name) else { continue }
        signers[id] = try store.signer(named: name, purpose: "authority")
      }
    }
    return RootHolder(keys: signers, clock: clock.now)
  }
}

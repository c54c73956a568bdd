import Foundation
import Issuance
import KeyCustody
import Registry
import TokenCustody
import WireFormats

/// The first step's work: a root and the one that waits, on a machine that has no installation. Made in a folder of its own
/// and moved into place at the end.
struct RootMaking {
  let folder: InstallationFolder
  let founding: RootFounding
  let organization: OrganizationID
  /// The URI of the token on which the root's key is made; nil makes it in a sealed file.
  let token: String?

  /// - Parameter filling: writes what else belongs into the folder, before it is moved.
  func make(_ filling: (FoundedRoots, InstallationFolder) throws -> Void) async throws -> FoundedRoots {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard content.isEmpty else {
      throw CommandFailure(.conflict, "\(folder.path) is not empty", hint: "name a folder that does not exist yet")
    }
    let pool = try await pool()
    defer { pool?.stop() }
    let work = InstallationFolder(path: folder.path + ".making-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(atPath: work.path) }
    try FileManager.default.createDirectory(
      atPath: work.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let successor = try await sealed(.successor, work.successorKeys)
    let root: any AuthorityKeys =
      if let pool { TokenKeys(sealed: nil, tokens: [pool], makesOnToken: true) } else {
        try await sealed(.root, work.rootKeys)
      }
    let roots = try await founding.found(root: root, successor: successor)
    try PrivateFile.create(work.rootCertificate, PEM(label: "CERTIFICATE", bytes: roots.root.certificate).text)
    try filling(roots, work)
    try? FileManager.default.removeItem(atPath: folder.path)  // known to be empty, or not there
    guard rename(work.path, folder.path) == 0 else {
      throw CommandFailure(.refused, "\(folder.path) cannot be made: \(String(cString: strerror(errno)))")
    }
    return roots
  }

  private func pool() async throws -> TokenPool? {
    guard let token else { return nil }
    return try await TokenEntry(token, role: .rootToken).open().expected()
  }

  /// Under a passphrase always: a root of a ceremony outlives the machine that it was made on.
  private func sealed(_ role: SecretRole, _ directory: String) async throws -> SealedKeyStore {
    let source = try RootKeyring.passphrase(role)
    StandardError.say("\(role.noun): \(source.explanation)")
    return try await SealedKeyStore.created(
      directory: directory, organization: organization.rawValue, secret: try await source.obtained(creating: true))
  }
}

import AuditLog
import Foundation
import Issuance
import KeyCustody
import Logging
import Registry
import WireFormats

/// Files of the data folder that say whom to trust, kept as the authorities stand: `root.pem` and `requests.pub`.
struct TrustFiles: Sendable {
  let folder: InstallationFolder
  let logger: Logger

  /// Follows every later change too.
  func follow(_ roster: AuthorityRoster, keys: SealedKeyStore) async throws {
    let key = try await RequestSigning(keys: keys, organization: roster.current.organization.id).key
    write("\(key)\n", to: folder.requestKey)
    writeRoots(roster.current)
    roster.observe { authorities in writeRoots(authorities) }
  }

  /// The root in force first, then those before it that are not compromised: a command begun with an old root still
  /// finds a server that it can trust.
  private func writeRoots(_ authorities: AuthoritySet) {
    let left = Set(authorities.rollover.filter { $0.kind == .newWithOld }.map(\.issuer))
    let roots = authorities.records.filter {
      $0.purpose == .root && $0.revokedAt == nil && ($0.state == .active || left.contains($0.id))
    }
    let listed = roots.filter { $0.state == .active } + roots.filter { $0.state == .retired }
    guard listed.first?.state == .active else { return }
    let text = listed.map { PEM(label: "CERTIFICATE", bytes: $0.certificate).text }.joined()
    write(text, to: folder.rootCertificate)
  }

  private func write(_ text: String, to path: String) {
    guard FileManager.default.contents(atPath: path) != Data(text.utf8) else { return }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      logger.error("a trust file was not written", metadata: ["path": "\(path)", "why": "\(error)"])
    }
  }
}

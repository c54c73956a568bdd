import AdministrationAPI
import Foundation
import WireFormats

/// The files of an administrator's identity: what `--identity` finds.
struct IdentityFiles {
  let certificate: String
  let key: String
  let root: String

  /// - Parameter path: the certificate's, with or without `.pem`; the key lies beside it under the same name.
  init(path: String) {
    let base = path.hasSuffix(".pem") ? String(path.dropLast(4)) : path
    (certificate, key) = (base + ".pem", base + ".key")
    let folder = (base as NSString).deletingLastPathComponent
    root = (folder.isEmpty ? "." : folder) + "/root.pem"
  }

  /// Before a key is made: nothing is written over.
  func expectFree(withKey: Bool) throws(CommandFailure) {
    try PrivateFile.expectFree(certificate)
    if withKey { try PrivateFile.expectFree(key) }
  }

  func write(certificate text: String, chain: [String], root rootText: String) throws(CommandFailure) {
    try PrivateFile.create(certificate, mode: 0o644, Array(([text] + chain).map(Issuers.ended).joined().utf8))
    guard !FileManager.default.fileExists(atPath: root) else { return }
    try PrivateFile.create(root, rootText)
  }
}

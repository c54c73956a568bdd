import Issuance
import WireFormats

/// The files that founding leaves beside store and keys.
struct FoundedFiles {
  /// Where they are written.
  let folder: InstallationFolder
  /// `--admin-identity PATH` names the certificate; the key lies beside it under the same name. Nil inside the folder.
  let identityPath: String?

  func write(_ founded: Founded) throws {
    try PrivateFile.create(folder.rootCertificate, PEM(label: "CERTIFICATE", bytes: founded.root).text)
    try PrivateFile.create(folder.logKey, "\(founded.logKey)\n")
    try writeIdentity(founded)
  }

  /// The administrator's certificate with its chain, and its key, for its owner's eyes.
  private func writeIdentity(_ founded: Founded) throws {
    guard let key = founded.administratorKey.pkcs8PEM else {
      throw CommandFailure(.refused, "the administrator's key cannot be written")
    }
    let chain = founded.administratorChain.map { PEM(label: "CERTIFICATE", bytes: $0).text }.joined()
    try PrivateFile.create(identity.key, mode: 0o600, key)
    try PrivateFile.create(identity.certificate, mode: 0o600, chain)
  }

  var identity: (certificate: String, key: String) {
    guard let path = identityPath else { return (folder.administratorCertificate, folder.administratorKey) }
    let base = path.hasSuffix(".pem") ? String(path.dropLast(4)) : path
    return (base + ".pem", base + ".key")
  }
}

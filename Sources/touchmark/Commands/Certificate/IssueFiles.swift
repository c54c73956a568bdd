import AdministrationAPI
import Foundation

/// The files of `certificate issue`.
struct IssueFiles {
  let folder: String
  let key: String
  let certificate: String
  let chain: String
  let root: String
  /// Whether the folder was there before.
  private let wasThere: Bool

  init(folder: String, name: String) {
    self.folder = folder
    (key, certificate) = ("\(folder)/\(name).key", "\(folder)/\(name).pem")
    (chain, root) = ("\(folder)/chain.pem", "\(folder)/root.pem")
    wasThere = FileManager.default.fileExists(atPath: folder)
  }

  /// Takes back what was made for a certificate that was not issued.
  func discard() {
    unlink(key)
    if !wasThere { rmdir(folder) }
  }

  /// Makes the folder and sees that nothing is in the way before a key is made.
  func prepare() throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(.refused, "the folder \(folder) cannot be made")
    }
    for path in [key, certificate] where FileManager.default.fileExists(atPath: path) {
      throw CommandFailure(.conflict, "\(path) exists already", hint: "name another folder with --out")
    }
  }

  /// The chain and the root are the same for every name in a folder, unless they come from different authorities.
  func write(_ issued: IssuedCertificate, root rootText: String) throws(CommandFailure) {
    let issuers = issued.chain.map(Issuers.ended).joined()
    try PrivateFile.create(certificate, Issuers.ended(issued.certificate) + issuers)
    try share(chain, issuers)
    try share(root, rootText)
  }

  private func share(_ path: String, _ text: String) throws(CommandFailure) {
    if let existing = FileManager.default.contents(atPath: path) {
      guard existing == Data(text.utf8) else {
        return StandardError.say("\(path) is of another authority and was left as it is")
      }
      return
    }
    try PrivateFile.create(path, text)
  }

  func text(_ issued: IssuedCertificate) -> String {
    "\(issued.serialNumber) is issued\n"
      + Table.facts([("key", key), ("certificate", certificate), ("issuers", chain), ("root", root)])
  }
}

/// What `-o json` says of an issue.
struct IssueSummary: Encodable {
  let serialNumber, key, certificate, chain, root: String

  init(_ files: IssueFiles, _ issued: IssuedCertificate) {
    serialNumber = issued.serialNumber
    (key, certificate, chain, root) = (files.key, files.certificate, files.chain, files.root)
  }

  enum CodingKeys: String, CodingKey {
    case serialNumber = "serial_number"
    case key, certificate, chain, root
  }
}

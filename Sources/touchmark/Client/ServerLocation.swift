import Foundation

/// Where a server is, and the files that prove the administrator to it and it to the administrator.
package struct ServerLocation: Hashable, Sendable {
  /// Without a slash at the end.
  package let url: String
  package let rootPath: String
  package let certificatePath: String
  package let keyPath: String
  /// The data folder, where the server runs on this machine.
  package let dataFolder: String?
  /// What to do when nobody answers.
  package let hint: String

  /// The folder that commands use when none is named.
  package static let usualData = "touchmark-data"

  /// From the options, else the environment, else `touchmark-data` in the current folder.
  ///
  /// - Throws: `.noServer` when the data folder says that no server runs; `.notPermitted` without an identity.
  package static func find(
    data: String?, server: String?, identity: String?, environment: [String: String]
  ) throws(CommandFailure) -> ServerLocation {
    let named = data ?? environment["TOUCHMARK_DATA"]
    let folder = named ?? usualData
    let remote = server ?? environment["TOUCHMARK_SERVER"]
    let url = if let remote { remote } else { try servedAddress(folder) }
    let certificate = certificatePath(identity ?? environment["TOUCHMARK_IDENTITY"], folder: folder)
    guard FileManager.default.isReadableFile(atPath: certificate) else {
      throw CommandFailure(
        .notPermitted, "no administrator's certificate can be read at \(certificate)",
        hint: "name it with --identity PATH, or the data folder with --data DIR")
    }
    let beside = (certificate as NSString).deletingLastPathComponent
    let roots = [beside + "/root.pem", folder + "/root.pem"].filter(FileManager.default.fileExists(atPath:))
    guard let root = roots.first else {
      throw CommandFailure(
        .noServer, "there is no root.pem beside \(certificate), so no server can be trusted",
        hint: "copy root.pem from the server's data folder to \(beside.isEmpty ? "." : beside)/root.pem")
    }
    return ServerLocation(
      url: trimmed(url), rootPath: root, certificatePath: certificate, keyPath: keyPath(of: certificate),
      dataFolder: remote == nil || data != nil ? folder : nil,
      hint: remote == nil ? "start it: touchmark serve --data \(folder)" : "is the address right, and the server up")
  }

  /// `serve` leaves its addresses in the data folder while it serves.
  private static func servedAddress(_ folder: String) throws(CommandFailure) -> String {
    guard FileManager.default.fileExists(atPath: folder + "/touchmark.yaml") else {
      throw CommandFailure(
        .noServer, "there is no Touchmark data in \(folder)",
        hint: "name the folder with --data DIR, or start here: touchmark up --data \(folder)")
    }
    guard let bytes = FileManager.default.contents(atPath: folder + "/serving.json"),
      let addresses = try? JSONDecoder().decode(ServingAddresses.self, from: bytes)
    else {
      throw CommandFailure(
        .noServer, "no server runs on \(folder)", hint: "start it: touchmark serve --data \(folder)")
    }
    return addresses.https
  }

  private static func certificatePath(_ identity: String?, folder: String) -> String {
    guard let identity else { return folder + "/admin.pem" }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: identity, isDirectory: &isFolder)
    if exists { return isFolder.boolValue ? identity + "/admin.pem" : identity }
    // What `init --admin-identity PATH` and `admin add --out PATH` named made PATH.pem.
    let made = identity + ".pem"
    return FileManager.default.fileExists(atPath: made) ? made : identity
  }

  /// The key lies beside its certificate under the same name; one file may also hold both.
  private static func keyPath(of certificate: String) -> String {
    let key = (certificate as NSString).deletingPathExtension + ".key"
    return FileManager.default.fileExists(atPath: key) ? key : certificate
  }

  private static func trimmed(_ url: String) -> String {
    let address = url.contains("://") ? url : "https://\(url)"
    return address.hasSuffix("/") ? String(address.dropLast()) : address
  }
}

/// What a serving process says about itself: the ready file, and `serving.json` in its data folder.
package struct ServingAddresses: Codable, Hashable, Sendable {
  package let https: String
  package let http: String
  package let root: String
}

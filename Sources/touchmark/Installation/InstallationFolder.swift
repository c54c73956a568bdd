import Foundation

/// The files of one installation, as `init` lays them out.
struct InstallationFolder {
  let path: String

  var configuration: String { path + "/touchmark.yaml" }
  var database: String { path + "/touchmark.sqlite" }
  var rootCertificate: String { path + "/root.pem" }
  /// Sealed keys that `serve` opens.
  var onlineKeys: String { path + "/keys" }
  /// Sealed apart, and not opened by `serve`.
  var rootKeys: String { path + "/root" }
  var successorKeys: String { path + "/successor" }
  /// The public key that checks the audit log's checkpoints.
  var logKey: String { path + "/audit.pub" }
  /// The public key that checks what is asked of roots.
  var requestKey: String { path + "/requests.pub" }
  /// On a root's own machine: the approvers' document that its ceremony began with.
  var approverPin: String { path + "/approvers.pin" }
  /// What a ceremony left: its files and its transcript.
  var ceremony: String { path + "/ceremony" }
  var administratorCertificate: String { path + "/admin.pem" }
  var administratorKey: String { path + "/admin.key" }
  /// Written while a server serves.
  var addresses: String { path + "/serving.json" }

  var isFounded: Bool { FileManager.default.fileExists(atPath: configuration) }
}

extension InstallationFolder {
  /// From the option, else the environment, else the usual folder.
  static func named(_ data: String?) -> InstallationFolder {
    let path = data ?? ProcessInfo.processInfo.environment["TOUCHMARK_DATA"] ?? ServerLocation.usualData
    return InstallationFolder(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
  }
}

import Foundation
import KeyCustody

/// A folder of the installation with the sealed key of a root: the one in force, one that waits, or one that was.
///
/// What `doctor` looks at as well: nothing is opened by listing.
struct RootPlace: Hashable, Sendable {
  /// The folder's name inside the data folder: `root`, `successor`, `successor-3`.
  let name: String
  let path: String
  /// The roots whose keys lie in it, by their identifiers.
  let roots: [String]

  /// Every such folder that is on this machine, in the order of their names.
  static func all(in folder: InstallationFolder) -> [RootPlace] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter(isPlace).sorted().compactMap { name in
      let path = "\(folder.path)/\(name)"
      let roots = SealedKeyStore.names(in: path)
      return roots.isEmpty ? nil : RootPlace(name: name, path: path, roots: roots)
    }
  }

  /// A folder that is not there yet, for a new root.
  static func free(in folder: InstallationFolder) -> RootPlace {
    let taken = Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    let number = (3..<Int.max).first { !taken.contains("successor-\($0)") } ?? 3
    return RootPlace(name: "successor-\(number)", path: "\(folder.path)/successor-\(number)", roots: [])
  }

  /// The file with the machine-local secret that may open it.
  func machineSecret(in folder: InstallationFolder) -> String { "\(folder.path)/\(role.machineFile)" }

  /// Where its secret comes from. A root keeps the folder and the secret that it was made with when it takes another's
  /// place, so each folder has a variable of its own: a succession opens two of them.
  var role: SecretRole {
    switch name {
    case "root": .root
    case "successor": .successor
    default:
      SecretRole(
        variable: "TOUCHMARK_\(name.uppercased().replacing("-", with: "_"))_PASSPHRASE_FILE",
        credential: "touchmark-\(name)-passphrase",
        machineFile: "\(name)-machine-secret", noun: "the root key in \(name)")
    }
  }

  /// For the folder of a root that is being made: its passphrase is another than that of the root that makes it.
  var foundingRole: SecretRole {
    SecretRole(
      variable: "TOUCHMARK_NEW_SUCCESSOR_PASSPHRASE_FILE", credential: "touchmark-new-successor-passphrase",
      machineFile: "\(name)-machine-secret", noun: "the new successor root's key")
  }

  private static func isPlace(_ name: String) -> Bool {
    name == "root" || name == "successor" || name.hasPrefix("successor-")
  }
}

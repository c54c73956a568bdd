import Foundation
import WireFormats

/// What a backup says of itself: the first part of its content.
public struct BackupManifest: Codable, Hashable, Sendable {
  public static let currentFormat = 1

  /// How the online keys are inside.
  public enum Keys: String, Codable, Sendable {
    /// Under the installation's own passphrase.
    case asTheyAre = "as-they-are"
    /// Under a secret made for this backup, which is inside as well.
    case resealed
  }

  public var format: Int
  public var organization: String
  public var organizationID: String
  /// What it holds was true at this moment, to the second.
  public var at: String
  public var epoch: Int
  public var logSize: UInt64
  /// The last checkpoint, a signed note; absent when there was none.
  public var checkpoint: String?
  public var keys: Keys

  enum CodingKeys: String, CodingKey {
    case format, organization, at, epoch, checkpoint, keys
    case organizationID = "organization_id"
    case logSize = "log_size"
  }
}

/// The names of a backup's parts, which are those of the data folder. Nothing else is taken from one.
enum BackupPart {
  static let manifest = "manifest.json"
  static let transportSecret = "transport-secret"
  static let database = "touchmark.sqlite"
  static let plain = ["touchmark.yaml", "root.pem", "audit.pub"]
  static let onlineKeys = "keys"
  static let apart = ["root", "successor"]
  /// Of everything but the database.
  static let maximumSize: UInt64 = 16 * 1024 * 1024

  /// Whether a part may become a file: one of ours, or a plain file of one of our directories of keys.
  static func isAllowed(_ name: String) -> Bool {
    if plain.contains(name) || [manifest, transportSecret, database].contains(name) { return true }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, ([onlineKeys] + apart).contains(parts[0]) else { return false }
    return (1...80).contains(parts[1].utf8.count) && !parts[1].hasPrefix(".")
      && parts[1].utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
      }
  }
}

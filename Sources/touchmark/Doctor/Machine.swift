import KeyCustody
import WireFormats

/// What the checks ask of the machine and of the network.
package protocol Machine: Sendable {
  func exists(_ path: String) -> Bool
  /// The permission bits, or nil when there is no such file.
  func mode(of path: String) -> Int?
  /// Files of a folder by their names; empty when there is none.
  func names(in path: String) -> [String]
  /// Octets that are free, and all of them, where `path` lies.
  func room(at path: String) -> (free: Int64, total: Int64)?
  /// How long each of a few synced writes in this folder took; nil when it cannot be written.
  func syncTimes(in path: String) -> [Duration]?
  /// Whether the folder lies in memory.
  func isInMemory(_ path: String) -> Bool
  /// What the machine's own clock says, which runs on a battery; nil where there is none to read.
  func hardwareClock() -> Instant?
  /// What opens the sealed keys in a folder; nil when there are none.
  func secretKind(of keys: String) -> SecretKind?
  /// What an address answers, over plain HTTP or as a client that trusts the installation's root.
  func fetch(_ url: String, posting body: FetchBody?) async throws -> Fetched
}

/// What is posted.
package struct FetchBody: Hashable, Sendable {
  package let type: String
  package let bytes: [UInt8]
}

package struct Fetched: Hashable, Sendable {
  package let status: Int
  package let bytes: [UInt8]

  package init(status: Int, bytes: [UInt8]) { (self.status, self.bytes) = (status, bytes) }
}

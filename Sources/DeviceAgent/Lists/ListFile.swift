import Crypto
import WireFormats

/// A file that a broker or proxy reads lists from, and the command that makes it read them again.
public struct ListFile: Sendable {
  public let path: String
  let hook: Hook?

  /// - Parameter onChange: A command; each file has a note of its own of what its command was told.
  public init(_ path: String, onChange: String?, in folder: AgentFolder) {
    self.path = path
    let name = "lists-" + Hex.encode(Array(SHA256.hash(data: Array(path.utf8)).prefix(8)))
    hook = onChange.map { Hook($0, name, in: folder) }
  }

  /// Writes the lists where they differ from what is there, and tells the hook. Whoever reads the file finds all of the old
  /// lists or all of the new ones.
  ///
  /// - Returns: Whether the hook was told.
  @discardableResult
  public func write(_ text: String) throws(AgentFailure) -> Bool {
    let octets = Array(text.utf8)
    // A list file that is damaged or too long is written anew.
    let present = try? DurableFile.read(path, limit: octets.count)
    if present != octets { try DurableFile.replace(path, with: octets, mode: 0o644) }
    return try hook?.tell("\(path) \(Hex.encode(Array(SHA256.hash(data: octets))))") ?? (present != octets)
  }
}

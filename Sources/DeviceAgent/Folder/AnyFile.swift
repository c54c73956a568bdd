/// A file that a person named.
public enum AnyFile {
  /// At most a megabyte.
  public static func read(_ path: String) throws(AgentFailure) -> [UInt8] {
    guard let octets = try DurableFile.read(path) else { throw AgentFailure(.missing, "\(path) is not there") }
    return octets
  }
}

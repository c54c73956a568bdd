#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One agent at a time changes a folder. The lock goes with the process, also when that is killed.
public final class AgentLock {
  private let descriptor: Int32

  public init(_ folder: AgentFolder) throws(AgentFailure) {
    try DurableFile.makeFolder(folder.path)
    let path = folder.file("lock")
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DurableFile.failure(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw AgentFailure(
        .exists, "another touchmark-agent works on \(folder.path)",
        hint: "where `touchmark-agent run` runs, it renews by itself")
    }
  }

  deinit { close(descriptor) }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps a second server off the same data folder. The system releases it when the process ends, however it ends.
struct FolderLock {
  private let descriptor: Int32

  init(_ folder: String) throws(CommandFailure) {
    let path = folder + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure(.refused, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandFailure(
        .conflict, "another server serves \(folder)",
        hint: "stop it first, or ask it: touchmark device list --data \(folder)")
    }
  }

  func release() { close(descriptor) }
}

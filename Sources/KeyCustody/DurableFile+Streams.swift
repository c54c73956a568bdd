import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension DurableFile {
  /// A file that grows under a temporary name, and has its own only when it is whole. Never replaces one.
  final class Growing {
    private let directory: String
    private let path: String
    private let temporary: String
    private var descriptor: Int32

    init(_ path: String) throws(CustodyError) {
      guard !DurableFile.exists(path) else { throw .alreadyExists(path) }
      let slash = path.lastIndex(of: "/")
      directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
      let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
      self.path = path
      temporary = "\(directory)/.\(name).\(Hex.encode(DurableFile.randomOctets(8))).tmp"
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw DurableFile.failure(directory) }
    }

    deinit { discard() }

    func append(_ octets: [UInt8]) throws(CustodyError) {
      try DurableFile.write(octets, to: descriptor, path: path)
    }

    func finish() throws(CustodyError) {
      guard fsync(descriptor) == 0 else { throw DurableFile.failure(path) }
      close(descriptor)
      descriptor = -1
      defer { unlink(temporary) }
      try DurableFile.giveName(path, to: temporary)
      try DurableFile.synchronize(directory)
    }

    private func discard() {
      guard descriptor >= 0 else { return }
      close(descriptor)
      unlink(temporary)
    }
  }

  /// A file that is read from its beginning, in parts.
  final class Reading {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(CustodyError) {
      self.path = path
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw DurableFile.failure(path) }
    }

    deinit { close(descriptor) }

    /// As many as asked for, fewer only at the end.
    func read(_ count: Int) throws(CustodyError) -> [UInt8] {
      var buffer = [UInt8](repeating: 0, count: count)
      var filled = 0
      while filled < count {
        let taken = buffer.withUnsafeMutableBytes { memory in
          DurableFile.readOctets(descriptor, UnsafeMutableRawBufferPointer(rebasing: memory[filled...]))
        }
        if taken < 0, errno == EINTR { continue }
        guard taken >= 0 else { throw DurableFile.failure(path) }
        if taken == 0 { break }
        filled += taken
      }
      buffer.removeLast(count - filled)
      return buffer
    }
  }
}

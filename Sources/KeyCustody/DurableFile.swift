import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Small files that are private to their owner and whole or not there, also after a crash.
enum DurableFile {
  /// Writes a file that is not there yet, mode 0600. When this returns, both the file and its name are durable.
  ///
  /// A crash leaves either nothing, or a file `.NAME.<random>.tmp` that nothing reads.
  static func create(_ octets: some ContiguousOctets, in directory: String, name: String) throws(CustodyError) {
    let path = "\(directory)/\(name)"
    let temporary = "\(directory)/.\(name).\(Hex.encode(randomOctets(8))).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(temporary) }
    do throws(CustodyError) {
      defer { close(descriptor) }
      try write(octets, to: descriptor, path: temporary)
      guard fsync(descriptor) == 0 else { throw failure(temporary) }
    } catch {
      unlink(temporary)
      throw error
    }
    defer { unlink(temporary) }
    try giveName(path, to: temporary)
    try synchronize(directory)
  }

  /// Never replaces: link(2) fails where the name is taken, which rename(2) would not.
  static func giveName(_ path: String, to temporary: String) throws(CustodyError) {
    if link(temporary, path) == 0 { return }
    if errno == EEXIST { throw .alreadyExists(path) }
    guard errno == EPERM || errno == ENOTSUP || errno == ENOSYS || errno == EMLINK else { throw failure(path) }
    // A file system without hard links: two processes that create one store at once could meet here, no more.
    guard access(path, F_OK) != 0 else { throw .alreadyExists(path) }
    guard rename(temporary, path) == 0 else { throw failure(path) }
  }

  static func write(
    _ octets: some ContiguousOctets, to descriptor: Int32, path: String
  ) throws(CustodyError) {
    try octets.withOctets { (buffer: UnsafeRawBufferPointer) throws(CustodyError) in
      var rest = buffer[...]
      while !rest.isEmpty {
        let slice = UnsafeRawBufferPointer(rebasing: rest)
        #if canImport(Darwin)
        let written = Darwin.write(descriptor, slice.baseAddress, slice.count)
        #elseif canImport(Glibc)
        let written = Glibc.write(descriptor, slice.baseAddress, slice.count)
        #else
        let written = Musl.write(descriptor, slice.baseAddress, slice.count)
        #endif
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure(path) }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// Makes the names in a directory durable.
  static func synchronize(_ directory: String) throws(CustodyError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(directory) }
  }

  /// Makes a directory of mode 0700, durably, unless it is there.
  static func makeDirectory(_ path: String) throws(CustodyError) {
    if mkdir(path, 0o700) == 0 { return try synchronize(parent(of: path)) }
    guard errno == EEXIST else { throw failure(path) }
    try checkPrivate(path)
  }

  private static func parent(of path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard parts.popLast() != nil else { return "/" }
    let joined = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/\(joined)" : joined.isEmpty ? "." : joined
  }

  /// Refuses a path that others than its owner can use.
  static func checkPrivate(_ path: String) throws(CustodyError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(path) }
    let mode = UInt32(status.st_mode) & 0o777
    guard mode & 0o077 == 0 else { throw .permissionsTooWide(path: path, mode: mode) }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Reads at most `limit` octets; a longer file is an error. Nil when there is no such file.
  static func read(_ path: String, limit: Int, mustBePrivate: Bool = true) throws(CustodyError) -> SecretBytes? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    if mustBePrivate {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw failure(path) }
      let mode = UInt32(status.st_mode) & 0o777
      guard mode & 0o077 == 0 else { throw .permissionsTooWide(path: path, mode: mode) }
    }
    return try read(descriptor, path: path, limit: limit)
  }

  private static func read(_ descriptor: Int32, path: String, limit: Int) throws(CustodyError) -> SecretBytes {
    var buffer = [UInt8](repeating: 0, count: limit + 1)
    defer { SecretBytes.wipe(&buffer) }
    var filled = 0
    while filled < buffer.count {
      let count = buffer.withUnsafeMutableBytes { memory in
        readOctets(descriptor, UnsafeMutableRawBufferPointer(rebasing: memory[filled...]))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { break }
      filled += count
    }
    guard filled <= limit else { throw .tooLarge(path: path) }
    return SecretBytes(copying: buffer[..<filled])
  }

  static func readOctets(_ descriptor: Int32, _ memory: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Darwin)
    Darwin.read(descriptor, memory.baseAddress, memory.count)
    #elseif canImport(Glibc)
    Glibc.read(descriptor, memory.baseAddress, memory.count)
    #else
    Musl.read(descriptor, memory.baseAddress, memory.count)
    #endif
  }

  /// Names in a directory, sorted; none when it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let size = MemoryLayout.size(ofValue: entry.pointee.d_name)
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: size) { names.append(String(cString: $0)) }
      }
    }
    return names.sorted()
  }

  static func failure(_ path: String) -> CustodyError {
    .fileFailed(path: path, reason: String(cString: strerror(errno)))
  }

  static func randomOctets(_ count: Int) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}

/// What can be written without a copy.
protocol ContiguousOctets {
  func withOctets<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E)
}

extension SecretBytes: ContiguousOctets {
  func withOctets<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) { try withBytes(body) }
}

extension [UInt8]: ContiguousOctets {
  func withOctets<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
    try SecretBytes(copying: self).withBytes(body)
  }
}

import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Files that are whole, old or new, whenever the power goes: written beside, synced, renamed, and the name synced too.
///
/// The server's own (KeyCustody) never replaces a file; a device's files are replaced all the time.
enum DurableFile {
  /// Leaves either what was there before or all of the new octets, under mode 0600 unless another is given.
  static func replace(_ path: String, with octets: [UInt8], mode: UInt32 = 0o600) throws(AgentFailure) {
    let temporary = "\(path).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw failure(temporary) }
    do throws(AgentFailure) {
      defer { close(descriptor) }
      // A file that a crash left behind may have had another mode.
      guard fchmod(descriptor, mode_t(mode)) == 0 else { throw failure(temporary) }
      try write(octets, to: descriptor, path: temporary)
      guard fsync(descriptor) == 0 else { throw failure(temporary) }
    } catch {
      unlink(temporary)
      throw error
    }
    KillPoint.pass("file-written")
    guard rename(temporary, path) == 0 else { throw failure(path) }
    KillPoint.pass("file-renamed")
    try synchronize(folder(of: path))
  }

  private static func write(_ octets: [UInt8], to descriptor: Int32, path: String) throws(AgentFailure) {
    var rest = octets[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure(path) }
      rest = rest.dropFirst(written)
    }
  }

  /// Points a symbolic link elsewhere, at once: whoever follows it finds the old place or the new one.
  static func point(_ link: String, to target: String) throws(AgentFailure) {
    let temporary = "\(link).new"
    unlink(temporary)
    guard symlink(target, temporary) == 0 else { throw failure(temporary) }
    guard rename(temporary, link) == 0 else { throw failure(link) }
    try synchronize(folder(of: link))
  }

  /// Where a symbolic link points; nil when there is none.
  static func target(of link: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = buffer.withUnsafeMutableBytes { memory in
      memory.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { readlink(link, $0, text.count) } ?? -1
      }
    }
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  /// At most `limit` octets; nil when there is no such file, and an error when it is longer.
  static func read(_ path: String, limit: Int = 1 << 20) throws(AgentFailure) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT || errno == ENOTDIR { return nil }
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = buffer.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { return octets }
      octets += buffer.prefix(count)
      guard octets.count <= limit else { throw AgentFailure(.failed, "\(path) is longer than \(limit) octets") }
    }
  }

  /// Makes a folder of mode 0700 unless it is there.
  static func makeFolder(_ path: String) throws(AgentFailure) {
    if mkdir(path, 0o700) == 0 { return try synchronize(folder(of: path)) }
    guard errno == EEXIST else { throw failure(path) }
  }

  static func synchronize(_ folder: String) throws(AgentFailure) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(folder) }
  }

  /// Removes a file; it may be gone already.
  static func remove(_ path: String) throws(AgentFailure) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
    try synchronize(folder(of: path))
  }

  /// Removes a folder of files; what cannot be removed stays.
  static func removeFolder(_ path: String) {
    for name in names(in: path) { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  /// Sorted; none when the folder cannot be read.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let size = MemoryLayout.size(ofValue: entry.pointee.d_name)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: size) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func failure(_ path: String) -> AgentFailure {
    AgentFailure(.failed, "\(path): \(String(cString: strerror(errno)))")
  }
}

#if canImport(Darwin)
private let (systemWrite, systemRead) = (Darwin.write, Darwin.read)
#elseif canImport(Glibc)
private let (systemWrite, systemRead) = (Glibc.write, Glibc.read)
#else
private let (systemWrite, systemRead) = (Musl.write, Musl.read)
#endif

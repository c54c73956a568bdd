#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension SealedKeyStore {
  /// A key's private octets, for sealing them anew.
  func unsealed(
    _ name: String
  ) throws(CustodyError) -> (name: String, purpose: String, publicKey: [UInt8], octets: SecretBytes) {
    let (item, path) = try item(named: name)
    try check(item.label, name: name, purpose: item.label.purpose, path: path)
    return (name, item.label.purpose, item.label.publicKey, try item.open(keys: keys, path: path))
  }

  /// Takes a store off this machine: its files are overwritten, as far as a file system lets that mean anything, and
  /// removed with the directory; so is the machine-local secret that opened it.
  ///
  /// Whoever calls has seen that the keys are elsewhere.
  public static func remove(directory: String, machineSecret: String?) throws(CustodyError) {
    // The header last: without it nothing that is left can be opened.
    let names = DurableFile.names(in: directory).filter { ![".", "..", StoreHeader.fileName].contains($0) }
    let files = names + [StoreHeader.fileName]
    for name in files { try DurableFile.shred("\(directory)/\(name)") }
    if let machineSecret, DurableFile.exists(machineSecret) { try DurableFile.shred(machineSecret) }
    guard rmdir(directory) == 0 else {
      throw .fileFailed(path: directory, reason: String(cString: strerror(errno)))
    }
    let parent = directory.lastIndex(of: "/").map { $0 == directory.startIndex ? "/" : String(directory[..<$0]) } ?? "."
    try DurableFile.synchronize(parent)
  }

  /// Whether the directory holds a key of this name; nothing is opened.
  public static func holds(_ name: String, in directory: String) -> Bool {
    DurableFile.exists("\(directory)/\(StoreHeader.fileName)") && DurableFile.exists("\(directory)/\(name)\(suffix)")
  }

  /// The keys that have a file in the directory; nothing is opened.
  public static func names(in directory: String) -> [String] {
    guard DurableFile.exists("\(directory)/\(StoreHeader.fileName)") else { return [] }
    return DurableFile.names(in: directory).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
      .filter(CustodyName.isValid)
  }
}

extension DurableFile {
  /// Writes random octets over a file, waits until they are on the disk, and removes it.
  static func shred(_ path: String) throws(CustodyError) {
    let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw .fileFailed(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .fileFailed(path: path, reason: String(cString: strerror(errno)))
    }
    let noise = SecretBytes.random(count: min(max(Int(status.st_size), 0), 1 << 20)).withBytes { Array($0) }
    let written = noise.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == noise.count, fsync(descriptor) == 0, unlink(path) == 0 else {
      throw .fileFailed(path: path, reason: String(cString: strerror(errno)))
    }
  }
}

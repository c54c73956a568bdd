import Foundation
import Issuance
import KeyCustody

/// Where checkpoints are kept that nobody on this machine shall be able to take back.
public struct CheckpointSink: Sendable {
  enum Place: Hashable, Sendable {
    /// Notes, one after the other; in a folder under the log's own name.
    case file(String)
    case folder(String)
    case address(WebhookAddress)
  }

  let place: Place

  /// A folder (one that is there, or a path that ends in a slash), a file, or an address. Nil for a relative path or an
  /// address that is no https.
  public init?(_ text: String) {
    if let address = WebhookAddress(text) {
      place = .address(address)
      return
    }
    guard text.hasPrefix("/"), !text.contains("\0") else { return nil }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
    place = text.hasSuffix("/") || (exists && isFolder.boolValue) ? .folder(text) : .file(text)
  }

  /// What a folder's file is called.
  static func fileName(origin: String) -> String {
    origin.map { $0.isLetter || $0.isNumber ? "\($0)" : "-" }.joined() + ".checkpoints"
  }
}

/// Why a file did not take a checkpoint.
struct SinkFileFailure: Error, CustomStringConvertible {
  let description: String

  static func last(_ path: String) -> SinkFileFailure {
    SinkFileFailure(description: "\(path): \(String(cString: strerror(errno)))")
  }
}

/// Appends notes to a file, durably: what is returned from is on the disk. A crash leaves at most a part of a note at the
/// end, which the next one begins a line after, and which readers pass over.
enum SinkFile {
  static func append(_ note: String, to path: String) throws(SinkFileFailure) {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .last(path) }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    try write(Array((end > 0 ? "\n" + note : note).utf8), to: descriptor, path)
    guard fsync(descriptor) == 0 else { throw .last(path) }
    if end == 0 { try synchronizeFolder(of: path) }
  }

  private static func write(_ octets: [UInt8], to descriptor: Int32, _ path: String) throws(SinkFileFailure) {
    var rest = octets[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .last(path) }
      rest = rest.dropFirst(count)
    }
  }

  /// A file that was just made is there after a crash only when its name is durable, too.
  private static func synchronizeFolder(of path: String) throws(SinkFileFailure) {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last(folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .last(folder) }
  }
}

import Foundation

/// A new file that is written in pieces, so that its length costs no memory. A crash leaves a part of it.
final class GrowingFile {
  private let handle: FileHandle
  private let path: String
  private var pending: [UInt8] = []

  private static let piece = 1 << 16

  /// - Throws: `.conflict` when there is such a file, `.refused` when it cannot be made.
  init(_ path: String) throws(CommandFailure) {
    try PrivateFile.create(path, "")
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw CommandFailure(.refused, "\(path) cannot be written")
    }
    (self.handle, self.path) = (handle, path)
  }

  func write(_ text: String) throws(CommandFailure) {
    pending += text.utf8
    if pending.count >= Self.piece { try flush() }
  }

  /// What was written is on the disk afterwards.
  func finish() throws(CommandFailure) {
    try flush()
    do {
      try handle.synchronize()
      try handle.close()
    } catch { throw CommandFailure(.refused, "\(path) cannot be written: \(error.localizedDescription)") }
  }

  private func flush() throws(CommandFailure) {
    do { try handle.write(contentsOf: pending) } catch {
      throw CommandFailure(.refused, "\(path) cannot be written: \(error.localizedDescription)")
    }
    pending.removeAll(keepingCapacity: true)
  }
}

/// A file's lines, read in pieces: memory holds one line and what came with it.
struct FileLines: ~Copyable {
  private let handle: FileHandle
  private let path: String
  private var pending: [UInt8] = []
  private var place = 0

  private static let piece = 1 << 16
  /// No line is longer.
  private static let longest = 1 << 22

  init(_ path: String) throws(CommandFailure) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(
        .refused, FileManager.default.fileExists(atPath: path) ? "\(path) cannot be read" : "there is no file \(path)")
    }
    (self.handle, self.path) = (handle, path)
  }

  /// The next line that is not empty, without its end; nil at the end of the file.
  mutating func next() throws(CommandFailure) -> [UInt8]? {
    while true {
      if let end = pending[place...].firstIndex(of: 0x0A) {
        defer { place = end + 1 }
        if end > place { return Array(pending[place..<end]) }
        continue
      }
      pending.removeFirst(place)
      place = 0
      guard pending.count <= Self.longest else { throw CommandFailure(.refused, "\(path) has a line without an end") }
      guard let more = try read() else {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
      }
      pending += more
    }
  }

  private func read() throws(CommandFailure) -> [UInt8]? {
    do {
      let data = try handle.read(upToCount: Self.piece)
      return data.flatMap { $0.isEmpty ? nil : Array($0) }
    } catch { throw CommandFailure(.refused, "\(path) cannot be read") }
  }
}

import Foundation
import KeyCustody

/// Parts one after the other in a sealed stream: 2 octets of length and the name, 8 octets of size, the octets.
final class BackupArchiveWriter {
  private let stream: SealedStreamWriter

  init(_ stream: SealedStreamWriter) { self.stream = stream }

  func add(_ name: String, _ octets: [UInt8]) throws {
    try head(name, size: UInt64(octets.count))
    try stream.write(octets)
  }

  /// Reads it in parts, so that memory does not grow with the file.
  func add(_ name: String, file path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Refusal(.unavailable, "\(path) cannot be read")
    }
    defer { try? file.close() }
    let size = try file.seekToEnd()
    try file.seek(toOffset: 0)
    try head(name, size: size)
    var left = size
    while left > 0, let part = try file.read(upToCount: Int(clamping: min(left, 1 << 20))), !part.isEmpty {
      try stream.write(part)
      left -= UInt64(part.count)
    }
    guard left == 0 else { throw Refusal(.unavailable, "\(path) became shorter while it was read") }
  }

  private func head(_ name: String, size: UInt64) throws {
    let octets = Array(name.utf8)
    let length = UInt16(clamping: octets.count)
    try stream.write(withUnsafeBytes(of: length.bigEndian) { Array($0) } + octets)
    try stream.write(withUnsafeBytes(of: size.bigEndian) { Array($0) })
  }

  func finish() throws -> SealedStreamWriter.Written { try stream.finish() }
}

/// Reads what `BackupArchiveWriter` wrote. That it was whole is known when `next` gave nil.
final class BackupArchiveReader {
  private let stream: SealedStreamReader
  private var waiting: ArraySlice<UInt8> = []

  init(_ stream: SealedStreamReader) { self.stream = stream }

  private static let broken = Refusal(.badRequest, "the backup ends in the middle of a part")

  /// The next part's name and size.
  func next() throws -> (name: String, size: UInt64)? {
    guard let length = try take(2, mayEnd: true) else { return nil }
    let count = length.reduce(0) { $0 << 8 | Int($1) }
    guard let name = try take(count), let size = try take(8) else { throw Self.broken }
    let text = String(decoding: name, as: UTF8.self)
    guard BackupPart.isAllowed(text) else { throw Refusal(.badRequest, "the backup has a part that is none of ours") }
    return (text, size.reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// Hands out a part's octets, some at a time.
  func content(_ size: UInt64, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var left = size
    while left > 0 {
      if waiting.isEmpty {
        guard let more = try stream.read() else { throw Self.broken }
        waiting = more[...]
      }
      let part = waiting.prefix(Int(clamping: min(left, UInt64(waiting.count))))
      try body(part)
      waiting = waiting.dropFirst(part.count)
      left -= UInt64(part.count)
    }
  }

  private func take(_ count: Int, mayEnd: Bool = false) throws -> [UInt8]? {
    var octets: [UInt8] = []
    while octets.count < count {
      if waiting.isEmpty {
        guard let more = try stream.read() else {
          if octets.isEmpty, mayEnd { return nil }
          throw Self.broken
        }
        waiting = more[...]
        continue
      }
      let part = waiting.prefix(count - octets.count)
      octets += part
      waiting = waiting.dropFirst(part.count)
    }
    return octets
  }
}

import Foundation
import WireFormats

/// What a command is given to read: a file, or `-` for standard input.
package enum InputFile {
  /// - Throws: `.notFound` when there is none, `.refused` when it cannot be read or is longer than `limit` octets.
  package static func bytes(_ path: String, limit: Int = 1 << 20) throws(CommandFailure) -> [UInt8] {
    let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    guard let handle else {
      throw FileManager.default.fileExists(atPath: path)
        ? CommandFailure(.refused, "\(path) cannot be read") : missing(path)
    }
    var bytes: [UInt8] = []
    do {
      while bytes.count <= limit, let part = try handle.read(upToCount: 1 << 16), !part.isEmpty {
        bytes.append(contentsOf: part)
      }
    } catch {
      throw CommandFailure(.refused, "\(path) cannot be read")
    }
    guard bytes.count <= limit else { throw CommandFailure(.refused, "\(path) is longer than \(limit) octets") }
    return bytes
  }

  /// Every command says it so, and ends with the same code.
  package static func missing(_ path: String, kind: String = "file", hint: String? = nil) -> CommandFailure {
    CommandFailure(.notFound, "there is no \(kind) \(path)", hint: hint)
  }

  package static func text(_ path: String, limit: Int = 1 << 20) throws(CommandFailure) -> String {
    let bytes = try bytes(path, limit: limit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(.refused, "\(path) is not UTF-8 text")
    }
    return text
  }

  /// A certification request, which may be PEM or DER, as the PEM that the server takes.
  package static func request(_ path: String) throws(CommandFailure) -> String {
    let bytes = try bytes(path)
    if bytes.first == 0x30 { return PEM(label: "CERTIFICATE REQUEST", bytes: bytes).text }
    let labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]
    let blocks = PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []
    guard let block = blocks.first(where: { labels.contains($0.label) }) else {
      throw CommandFailure(.refused, "\(path) holds no certification request", hint: "PEM or DER of PKCS #10")
    }
    return PEM(label: "CERTIFICATE REQUEST", bytes: block.bytes).text
  }
}

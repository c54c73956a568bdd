import Foundation
import WireFormats

/// A program that no one here wrote, run in a folder of its own that is removed with this value.
public final class Workbench: Sendable {
  public let folder: URL

  public init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("touchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  public func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  public func writePEM(_ label: String, _ bytes: [UInt8], to name: String) throws {
    try write(Array(PEM(label: label, bytes: bytes).text.utf8), to: name)
  }

  public func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  public struct Outcome: Sendable {
    public let status: Int32
    /// Standard output and standard error, interleaved.
    public let text: String
  }

  /// Runs a program found on PATH, with relative paths meaning this folder.
  public func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  public func run(_ arguments: [String]) throws -> Outcome {
    let finished = try Finished(
      running: "/usr/bin/env", arguments, in: folder.path, interleaved: true)
    return Outcome(status: finished.status, text: finished.text)
  }
}

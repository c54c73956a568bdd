import Foundation
import TestKit
import Testing
import WireFormats

/// The openssl command, which nobody here wrote.
enum OpenSSL {
  struct Failed: Error {
    let arguments: [String]
    let output: String
  }

  static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

  /// Runs it in a folder of its own, with the given files, and returns all of its output, or throws when it does not
  /// exit with 0.
  static func run(_ arguments: [String], files: [String: [UInt8]] = [:]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("touchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readAll()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failed(arguments: arguments, output: text) }
    return text
  }
}

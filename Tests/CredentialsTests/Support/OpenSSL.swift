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
    let bench = try Workbench()
    for (name, bytes) in files { try bench.write(bytes, to: name) }
    let outcome = try bench.run(["openssl"] + arguments)
    guard outcome.status == 0 else { throw Failed(arguments: arguments, output: outcome.text) }
    return outcome.text
  }
}

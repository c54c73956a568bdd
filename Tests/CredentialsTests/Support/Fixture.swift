import Foundation
import Testing
import WireFormats

/// Files beside the tests.
enum Fixture {
  struct Missing: Error {
    let name: String
  }

  /// Every block of a PEM file.
  static func pem(_ name: String) throws -> [PEM] {
    guard let folder = Bundle.module.resourceURL else { throw Missing(name: name) }
    let text = try String(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"), encoding: .utf8)
    guard let blocks = PEM.parse(text), !blocks.isEmpty else { throw Missing(name: name) }
    return blocks
  }

  /// The only block of a PEM file.
  static func der(_ name: String) throws -> [UInt8] {
    let blocks = try pem(name)
    guard blocks.count == 1 else { throw Missing(name: name) }
    return blocks[0].bytes
  }
}

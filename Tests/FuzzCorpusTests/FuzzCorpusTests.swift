import Foundation
import FuzzTargets
import Testing

/// Replays every input under Fuzz/Corpus. What a fuzzer once found stays found; a trap would end this process.
@Suite struct FuzzCorpusTests {
  static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fuzz/Corpus").standardizedFileURL

  static func inputs(_ target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: corpus.appending(path: target.rawValue), includingPropertiesForKeys: nil
    ).sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  /// Names that begin with `good-` are taken, with `bad-` refused; all others must only not trap.
  @Test(arguments: FuzzTarget.allCases)
  func replay(_ target: FuzzTarget) throws {
    let inputs = try Self.inputs(target)
    for input in inputs {
      let taken = target.takes([UInt8](try Data(contentsOf: input)))
      let name = input.lastPathComponent
      if name.hasPrefix("good-") { #expect(taken, "\(target.rawValue)/\(name)") }
      if name.hasPrefix("bad-") { #expect(!taken, "\(target.rawValue)/\(name)") }
    }
    #expect(inputs.contains { $0.lastPathComponent.hasPrefix("good-") })
    #expect(inputs.contains { $0.lastPathComponent.hasPrefix("bad-") })
  }

  /// Each input made by hand, cut short and with each of its first bytes changed: a cheap fuzzer that runs every time.
  @Test(arguments: FuzzTarget.allCases)
  func mutate(_ target: FuzzTarget) throws {
    for input in try Self.inputs(target) where input.lastPathComponent.contains("-") {
      let bytes = [UInt8](try Data(contentsOf: input))
      for length in stride(from: 0, to: min(bytes.count, 600), by: 7) { _ = target.takes(Array(bytes.prefix(length))) }
      for index in bytes.indices.prefix(200) {
        var changed = bytes
        changed[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
        _ = target.takes(changed)
      }
    }
  }
}

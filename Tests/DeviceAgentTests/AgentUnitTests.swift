import Foundation
import TestKit
import Testing

/// The units, by systemd's own judgment.
@Suite struct AgentUnitTests {
  private static let analyze = "/usr/bin/systemd-analyze"
  private static let units = ["touchmark-agent.service", "touchmark-agent-crl@.service"]
  private static var isThere: Bool { FileManager.default.isExecutableFile(atPath: analyze) }

  /// Copies that run a program which is here, since the agent is not installed.
  private func copies() throws -> TemporaryFolder {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = try TemporaryFolder()
    for unit in Self.units {
      let text = try String(contentsOf: root.appendingPathComponent("Packaging/agent/\(unit)"), encoding: .utf8)
      #expect(text.contains("ExecStart=/usr/bin/touchmark-agent "))
      try folder.write(unit, text.replacingOccurrences(of: "/usr/bin/touchmark-agent ", with: "/bin/true "))
    }
    return folder
  }

  @Test(.enabled(if: isThere)) func areWellFormed() async throws {
    let folder = try copies()
    defer { folder.remove() }
    let verified = try await Program(path: Self.analyze).run(
      ["verify", "./touchmark-agent.service", "./touchmark-agent-crl@mosquitto.service"], in: folder.path)
    #expect(verified.exit == 0 && verified.errors.isEmpty, "\(verified.transcript)")
  }

  @Test(.enabled(if: isThere)) func areHardened() async throws {
    let folder = try copies()
    defer { folder.remove() }
    let judged = try await Program(path: Self.analyze).run(
      ["security", "--offline=true", "--threshold=25", "./touchmark-agent.service"], in: folder.path)
    #expect(judged.exit == 0, "\(judged.transcript)")
  }
}

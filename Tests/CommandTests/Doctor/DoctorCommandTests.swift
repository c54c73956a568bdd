import Foundation
import TestKit
import Testing
import touchmark

@Suite(.serialized) struct DoctorCommandTests {
  struct Item: Decodable, Hashable {
    let check: String
    let verdict: String
    let says: String
    let fix: String?
  }

  struct Listed: Decodable {
    let check: String
    let severity: String
    let fix: String
  }

  private func examine(_ server: RunningServer) async throws -> (items: [String: Item], exit: Int32) {
    let outcome = try await server.touchmark(["doctor", "-o", "json"])
    let items = try JSONDecoder().decode([Item].self, from: Data(outcome.output.utf8))
    return (Dictionary(uniqueKeysWithValues: items.map { ($0.check, $0) }), outcome.exit)
  }

  /// A demonstration that serves: its addresses answer, and what is said of it is no more than it is.
  @Test func aDemonstrationIsAsWellAsItCanBe() async throws {
    try await RunningServer.with(["--lab"]) { server in
      let made = try await server.touchmark([
        "certificate", "issue", "a.example", "--profile", "server", "--out", server.folder.path + "/out",
      ])
      #expect(made.exit == 0, "\(made.transcript)")
      let (items, exit) = try await examine(server)
      #expect(items["addresses-answer"]?.verdict == "good", "\(items["addresses-answer"]?.says ?? "")")
      #expect(items["server-answers"]?.verdict == "good", "\(items["server-answers"]?.says ?? "")")
      #expect(items["addresses-public"]?.verdict == "note")
      #expect(items["lab-present"]?.verdict == "note")
      #expect(items["root-on-machine"]?.verdict == "note")
      #expect(items["files-private"]?.verdict == "good")
      #expect(items["log-edge"]?.verdict == "good")
      #expect(items["clock"]?.verdict == "good")
      #expect(
        items["server-certificates"]?.says.hasSuffix("are renewed in time") == true,
        "\(items["server-certificates"]?.says ?? "")")
      let isWarned = items.values.contains { $0.verdict == "warning" }
      let isUnsound = items.values.contains { $0.verdict == "error" }
      #expect(exit == (isUnsound ? 10 : isWarned ? 9 : 0))
      await server.kill()
      let (after, code) = try await examine(server)
      #expect(after["server-answers"]?.verdict == "error" && after["addresses-answer"]?.verdict == "error")
      #expect(code == 10)
    }
  }

  @Test func theListIsThatOfTheDocument() async throws {
    let outcome = try await Program.touchmark.run(["doctor", "--list", "-o", "json"])
    let listed = try JSONDecoder().decode([Listed].self, from: Data(outcome.output.utf8))
    #expect(listed.map { $0.check } == Doctor.checks.map { $0.name })
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/doctor.md")
    let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    #expect(rows == Doctor.checks.map { "| `\($0.name)` | \($0.severity.rawValue) | \($0.looksAt) | \($0.fix) |" })
  }
}

import TestKit
import Testing

/// `serve` as a process: what it says when it cannot.
@Suite struct ServeTests {
  @Test func aTakenPortIsNamedAtOnce() async throws {
    try await RunningServer.with { first in
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let made = try await Program.touchmark.run(
        ["init", "--data", "data", "--organization", "Second"], in: folder.path)
      #expect(made.exit == 0, "\(made.transcript)")
      let address = first.https.replacing("https://", with: "")
      let outcome = try await Program.touchmark.run(
        ["serve", "--data", "data", "--listen-https", address, "--listen-http", "127.0.0.1:0"], in: folder.path)
      #expect(outcome.exit == 1, "\(outcome.transcript)")
      #expect(outcome.errors.contains("\(address) cannot be listened on"), "\(outcome.transcript)")
    }
  }
}

import Foundation
import TestKit
import Testing

@Suite struct CustodyBenchmarkTests {
  /// That the figure can be had, not how large it is: the machine may be busy.
  @Test func theBenchmarkRuns() async throws {
    let folder = URL(filePath: Program.touchmark.path).deletingLastPathComponent().path(percentEncoded: false)
    let outcome = try await Program(path: folder + "touchmark-benchmark").run(["custody", "40"])
    #expect(outcome.exit == 0, "\(outcome.transcript)")
    let figures = try JSONDecoder().decode([String: Double].self, from: Data(outcome.output.utf8))
    #expect(figures["failures"] == 0 && figures["sessions"] == 4)
    // Four sessions of 10 ms each give 400 at most.
    let rate = try #require(figures["custody_certificates_per_second"])
    #expect(rate > 10 && rate <= 400)
  }
}

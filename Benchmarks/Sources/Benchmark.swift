import Foundation
import Rehearsal

/// Everything that measures or rehearses and is no part of the product: one executable, since each links for long.
@main
enum Benchmark {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case nil: try await IssueBenchmark.run()
    case "issue": try await IssueBenchmark.run(count: arguments.last.flatMap { Int($0) } ?? 1000)
    case "custody":
      try await CustodyBenchmark.run(count: max(8, arguments.dropFirst().first.flatMap { Int($0) } ?? 2000))
    case "cmp": try await CMPBenchmark.run()
    case "scep": try await SCEPBenchmark.run()
    case "proofs": try await ProofBenchmark.run(count: arguments.last.flatMap { Int($0) } ?? 1_000_000)
    case "rehearsal": exit(try await RehearsalCommand(arguments: Array(arguments.dropFirst())).run())
    case let other:
      fail(
        "'\(other ?? "")' is no mode: none for the benchmark of issuing, issue COUNT, custody COUNT, cmp, scep, proofs COUNT or "
          + "rehearsal"
      )
    }
  }

  static func fail(_ words: String) -> Never {
    FileHandle.standardError.write(Data("touchmark-benchmark: \(words)\n".utf8))
    exit(64)
  }
}

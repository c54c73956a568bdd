import Foundation
import Rehearsal

/// `touchmark-benchmark rehearsal [--devices N] [--seed N] [--report FILE.md --machine TEXT]`: prints each event as it
/// ends. The exit code is 1 when anything was not as it has to be. The report's plot lies beside it, as SVG.
struct RehearsalCommand {
  private var devices = 100_000
  private var seed: UInt64 = 1
  private var report: String?
  private var machine = "machine not named"

  init(arguments: [String]) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { Benchmark.fail("\(option) wants a value") }
      switch option {
      case "--devices": devices = Self.number(value, option)
      case "--seed": seed = UInt64(Self.number(value, option))
      case "--report": report = value
      case "--machine": machine = value
      default: Benchmark.fail("\(option) is no option of the rehearsal")
      }
    }
  }

  private static func number(_ text: String, _ option: String) -> Int {
    guard let number = Int(text), (1...10_000_000).contains(number) else {
      Benchmark.fail("\(option) is a number from 1 to 10000000, and not '\(text)'")
    }
    return number
  }

  func run() async throws -> Int32 {
    let folder = FileManager.default.temporaryDirectory.path + "/touchmark-rehearsal-\(UUID().uuidString)"
    let rehearsal = try await Rehearsal(
      Rehearsal.Options(devices: devices, seed: seed, folder: folder) {
        FileHandle.standardOutput.write(Data(($0 + "\n").utf8))
      })
    let outcome: RehearsalReport
    do {
      outcome = try await rehearsal.run()
      await rehearsal.end()
    } catch {
      await rehearsal.end()
      throw error
    }
    print(outcome.verdict)
    if let report { try write(outcome, to: report) }
    return outcome.isClean ? 0 : 1
  }

  private func write(_ outcome: RehearsalReport, to path: String) throws {
    let plot = (path.hasSuffix(".md") ? String(path.dropLast(3)) : path) + ".svg"
    try outcome.plot.write(toFile: plot, atomically: true, encoding: .utf8)
    let name = plot.split(separator: "/").last.map(String.init) ?? plot
    try outcome.markdown(plot: name, machine: machine).write(toFile: path, atomically: true, encoding: .utf8)
  }
}

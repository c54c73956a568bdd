import Foundation

/// A program that is run to its end, as a person at a terminal would run it.
public struct Program: Sendable {
  public struct Outcome: Sendable {
    public let exit: Int32
    public let output: String
    public let errors: String
    /// What a transcript shows: both streams and the exit code.
    public var transcript: String { output + errors + "[\(exit)]\n" }
  }

  public let path: String

  public init(path: String) { self.path = path }

  /// The `touchmark` of this build: the one beside the tests' bundle, unless `TOUCHMARK` names another.
  public static let touchmark: Program = {
    if let named = ProcessInfo.processInfo.environment["TOUCHMARK"] { return Program(path: named) }
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    // On macOS the bundle is a folder, and the tests run from inside it.
    while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.path + "/touchmark") {
      folder.deleteLastPathComponent()
    }
    return Program(path: folder.path + "/touchmark")
  }()

  /// Runs it to its end.
  ///
  /// - Parameter environment: Replaces what this process has, save for PATH, HOME and TMPDIR.
  public func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: String? = nil
  ) async throws -> Outcome {
    let environment = Self.environment(environment)
    let finished = try await offloading { [path] in
      try Finished(running: path, arguments, environment: environment, input: Array(input.utf8), in: folder)
    }
    return Outcome(exit: finished.status, output: finished.text, errors: finished.errors)
  }

  /// What a program that is run here finds in its environment.
  public static func environment(_ told: [String: String]) -> [String: String] {
    ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
      .merging(told) { _, told in told }
  }
}

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

  /// Runs it to its end. Its streams are files, so that no pipe can fill up and stop it.
  ///
  /// - Parameter environment: Replaces what this process has, save for PATH and HOME.
  public func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: String? = nil
  ) async throws -> Outcome {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let process = try process(arguments, environment: environment, in: folder)
    try Data(input.utf8).write(to: URL(fileURLWithPath: scratch.path + "/in"))
    process.standardInput = FileHandle(forReadingAtPath: scratch.path + "/in")
    process.standardOutput = try Self.file(scratch.path + "/out")
    process.standardError = try Self.file(scratch.path + "/err")
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        ended.resume(throwing: error)
      }
    }
    return Outcome(
      exit: process.terminationStatus, output: Self.text(scratch.path + "/out"),
      errors: Self.text(scratch.path + "/err"))
  }

  func process(_ arguments: [String], environment: [String: String], in folder: String?) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let kept = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
    process.environment = kept.merging(environment) { _, told in told }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    return process
  }

  static func file(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

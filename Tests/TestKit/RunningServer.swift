import Foundation

/// The real program, serving from a data folder of its own on free ports.
///
/// Call `end()` when done, or use `with`, which does.
public actor RunningServer {
  /// Why a server did not come up: what it said.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private struct Addresses: Decodable {
    let https: String
    let http: String
    let root: String
  }

  public nonisolated let folder: TemporaryFolder
  public nonisolated var data: String { folder.path + "/data" }
  public nonisolated var root: String { data + "/root.pem" }
  public nonisolated let https: String
  public nonisolated let http: String
  private let program: Program
  private var process: Process?
  private var starts = 0

  /// Founds an organization and serves it. `options` go to `init`, for example `--lab`.
  public static func start(_ options: [String] = [], program: Program = .touchmark) async throws -> RunningServer {
    let ports = FreePort.find(2)
    let server = RunningServer(folder: try TemporaryFolder(), ports: ports, program: program)
    do {
      let founded = try await program.run(
        [
          "init", "--data", server.data, "--organization", "Test Works", "--listen-https", "127.0.0.1:\(ports[0])",
          "--listen-http", "127.0.0.1:\(ports[1])",
        ] + options)
      guard founded.exit == 0 else { throw Failure(description: founded.transcript) }
      try await server.serve()
      return server
    } catch {
      await server.end()
      throw error
    }
  }

  /// Runs `body` against a server that ends afterwards, whatever happened.
  public static func with<Result: Sendable>(
    _ options: [String] = [], _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let server = try await start(options)
    do {
      let result = try await body(server)
      await server.end()
      return result
    } catch {
      await server.end()
      throw error
    }
  }

  private init(folder: TemporaryFolder, ports: [Int], program: Program) {
    self.folder = folder
    self.program = program
    https = "https://127.0.0.1:\(ports[0])"
    http = "http://127.0.0.1:\(ports[1])"
  }

  /// Starts it (again) on the same data, and returns once its ready file is there.
  public func serve() async throws {
    starts += 1
    let ready = folder.path + "/ready-\(starts).json"
    let process = try program.process(["serve", "--data", data, "--ready-file", ready], environment: [:], in: nil)
    let stream = try Program.file(folder.path + "/server-\(starts).log")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = stream
    process.standardError = stream
    try process.run()
    self.process = process
    // A debug build on a busy machine derives its key-encryption key in seconds.
    for _ in 0..<1200 {
      if let bytes = FileManager.default.contents(atPath: ready),
        (try? JSONDecoder().decode(Addresses.self, from: bytes)) != nil
      {
        return
      }
      guard process.isRunning else { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Failure(description: "the server is not ready:\n" + log(of: starts))
  }

  /// What the server wrote since its last start.
  public var log: String { log(of: starts) }

  private func log(of start: Int) -> String { Program.text(folder.path + "/server-\(start).log") }

  /// SIGTERM: drains. Returns the exit code.
  @discardableResult
  public func stop() async -> Int32 {
    process?.terminate()
    return await ended()
  }

  /// SIGKILL: what a power cut leaves, save for what the kernel had taken already.
  public func kill() async {
    if let process, process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    _ = await ended()
  }

  private func ended() async -> Int32 {
    guard let process else { return -1 }
    for _ in 0..<600 where process.isRunning { try? await Task.sleep(for: .milliseconds(50)) }
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    self.process = nil
    return process.terminationStatus
  }

  /// Stops it and removes its folder.
  public func end() async {
    await stop()
    folder.remove()
  }

  /// A command on this server's data.
  public nonisolated func touchmark(_ arguments: [String], input: String = "") async throws -> Program.Outcome {
    try await Program.touchmark.run(arguments + ["--data", data], input: input, in: folder.path)
  }

  /// The same with `-o json`, decoded.
  public nonisolated func json<Answer: Decodable>(
    _ arguments: [String], as type: Answer.Type = Answer.self
  ) async throws -> Answer {
    let outcome = try await touchmark(arguments + ["-o", "json"])
    guard outcome.exit == 0 else { throw Failure(description: outcome.transcript) }
    return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
  }
}

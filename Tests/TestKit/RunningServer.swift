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
  private var process: Child?
  private var starts = 0

  /// Founds an organization and serves it. `options` go to `init`, for example `--lab`.
  ///
  /// - Parameter environment: For `init` and for `serve`.
  public static func start(
    _ options: [String] = [], environment: [String: String] = [:], program: Program = .touchmark
  ) async throws -> RunningServer {
    let ports = FreePort.find(2)
    let server = RunningServer(folder: try TemporaryFolder(), ports: ports, program: program)
    do {
      let founded = try await program.run(
        [
          "init", "--data", server.data, "--organization", "Test Works", "--listen-https", "127.0.0.1:\(ports[0])",
          "--listen-http", "127.0.0.1:\(ports[1])",
        ] + options, environment: environment)
      await server.keep(founded.errors)
      guard founded.exit == 0 else { throw Failure(description: founded.transcript) }
      try await server.serve(environment: environment)
      return server
    } catch {
      await server.end()
      throw error
    }
  }

  /// Serves an installation that `make` founds in the server's data folder, to listen where the options say.
  public static func over(
    environment: [String: String] = [:], program: Program = .touchmark,
    _ make: (_ data: String, _ listen: [String]) async throws -> Void
  ) async throws -> RunningServer {
    let ports = FreePort.find(2)
    let server = RunningServer(folder: try TemporaryFolder(), ports: ports, program: program)
    do {
      try await make(
        server.data, ["--listen-https", "127.0.0.1:\(ports[0])", "--listen-http", "127.0.0.1:\(ports[1])"])
      try await server.serve(environment: environment)
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

  /// What `init` said.
  public private(set) var founding = ""

  private func keep(_ founding: String) { self.founding = founding }

  private init(folder: TemporaryFolder, ports: [Int], program: Program) {
    self.folder = folder
    self.program = program
    https = "https://127.0.0.1:\(ports[0])"
    http = "http://127.0.0.1:\(ports[1])"
  }

  /// Starts it (again) on the same data, and returns once its ready file is there.
  ///
  /// - Parameter wrapper: A program that runs it, for example `prlimit --fsize=…`.
  public func serve(
    _ options: [String] = [], environment: [String: String] = [:], under wrapper: [String] = []
  ) async throws {
    starts += 1
    let ready = folder.path + "/ready-\(starts).json"
    let said = folder.path + "/server-\(starts).log"
    let line = wrapper + [program.path, "serve", "--data", data, "--ready-file", ready] + options
    let process = try Child(
      line[0], Array(line.dropFirst()), environment: Program.environment(environment),
      streams: .init(output: said, errors: said))
    self.process = process
    // A debug build on a busy machine derives its key-encryption key in seconds.
    for _ in 0..<3600 {
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

  private func log(of start: Int) -> String { folder.text("server-\(start).log") ?? "" }

  /// SIGTERM, or another signal that drains. Returns the exit code.
  @discardableResult
  public func stop(_ signal: Int32 = SIGTERM) async -> Int32 {
    process?.signal(signal)
    return await ended()
  }

  /// SIGKILL: what a power cut leaves, save for what the kernel had taken already.
  public func kill() async {
    process?.signal(SIGKILL)
    _ = await ended()
  }

  /// - Returns: -1 when none ran, and 137 when it had to be killed.
  private func ended() async -> Int32 {
    guard let process else { return -1 }
    _ = try? await process.ended(seconds: 30)
    self.process = nil
    return process.exit ?? -1
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

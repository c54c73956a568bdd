import Foundation

/// A program that was run to its end, and what it said.
public struct Finished: Sendable {
  /// It took longer than it was given, and was ended.
  public struct TookTooLong: Error, CustomStringConvertible {
    public let description: String
  }

  /// The exit code, or 128 and the signal that ended it.
  public let status: Int32
  public let output: [UInt8]
  public let errors: String

  public var text: String { String(decoding: output, as: UTF8.self) }

  /// Runs it. Blocks: tests of what runs on the pool call it through `offloading`.
  ///
  /// - Parameters:
  ///   - path: A path, or a name that is looked for on PATH.
  ///   - interleaved: Standard error goes where standard output goes.
  ///   - seconds: After them it is ended and `TookTooLong` thrown.
  public init(
    running path: String, _ arguments: [String], environment: [String: String]? = nil, input: [UInt8] = [],
    in folder: String? = nil, interleaved: Bool = false, seconds: Double = 300
  ) throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let streams = Child.Streams(
      input: input.isEmpty ? nil : scratch.path + "/in", output: scratch.path + "/out",
      errors: scratch.path + (interleaved ? "/out" : "/err"))
    if let file = streams.input { try Data(input).write(to: URL(fileURLWithPath: file)) }
    let child = try Child(path, arguments, environment: environment, in: folder, streams: streams)
    let status = child.wait(seconds: seconds)
    output = Array(FileManager.default.contents(atPath: scratch.path + "/out") ?? Data())
    errors = scratch.text("err") ?? ""
    guard let status else {
      let said = String(decoding: output, as: UTF8.self) + errors
      throw TookTooLong(description: "\(path) was ended after \(seconds) s, having said:\n\(said)")
    }
    self.status = status
  }
}

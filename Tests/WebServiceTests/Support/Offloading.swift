import Foundation
import TestKit

/// Runs blocking work on a thread of its own: the pool that runs tests runs the server as well.
func offloading<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Swift.Result { try work() }) }.start()
  }
}

/// A program that was run to its end.
struct Finished: Sendable {
  let status: Int32
  let output: [UInt8]
  let errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a program found on the path and gathers what it says.
func run(_ program: String, _ arguments: [String], input: [UInt8] = [], in directory: String? = nil) async throws
  -> Finished
{
  try await offloading {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let (given, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (given, output, errors)
    try process.run()
    Thread {
      try? given.fileHandleForWriting.write(contentsOf: Data(input))
      try? given.fileHandleForWriting.close()
    }.start()
    let complaints = Gathered()
    let reader = Thread { complaints.set(errors.fileHandleForReading.readAll()) }
    reader.start()
    let result = output.fileHandleForReading.readAll()
    process.waitUntilExit()
    return Finished(status: process.terminationStatus, output: [UInt8](result), errors: complaints.text())
  }
}

/// Standard error, read on another thread.
private final class Gathered: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private var data = Data()

  func set(_ data: Data) {
    self.data = data
    done.signal()
  }

  func text() -> String {
    done.wait()
    return String(decoding: data, as: UTF8.self)
  }
}

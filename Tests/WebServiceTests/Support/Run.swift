import TestKit

/// Runs a program found on the path and gathers what it says.
func run(_ program: String, _ arguments: [String], input: [UInt8] = [], in directory: String? = nil) async throws
  -> Finished
{
  try await offloading { try Finished(running: program, arguments, input: input, in: directory) }
}

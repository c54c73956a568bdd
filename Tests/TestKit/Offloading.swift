import Foundation

/// Runs blocking work on a thread of its own: the pool that runs tests runs the server as well.
public func offloading<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Swift.Result { try work() }) }.start()
  }
}

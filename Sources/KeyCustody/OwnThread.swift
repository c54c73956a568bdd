import Foundation

/// Runs what blocks (scrypt, fsync, a prompt, an RSA key's search for primes) away from the cooperative pool, which has
/// as many threads as there are cores and must never wait.
///
/// Each call starts a thread. That is meant for what happens a few times in a process's life.
public enum OwnThread {
  public static func run<R: Sendable, E: Error>(
    _ body: @escaping @Sendable () throws(E) -> R
  ) async throws(E) -> R {
    let result: Result<R, E> = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        do throws(E) { continuation.resume(returning: .success(try body())) } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }
}

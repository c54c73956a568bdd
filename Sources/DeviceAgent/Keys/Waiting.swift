import DeviceTPM
import Dispatch
import Synchronization

/// A TPM's calls for callers that wait: the program's own thread, and the one for keys. Never from a task, whose thread
/// others need.
enum Waiting {
  private final class Box<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, TPMError>?>(nil)
  }

  static func result<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(TPMError) -> Value
  ) throws(TPMError) -> Value {
    let (box, done) = (Box<Value>(), DispatchSemaphore(value: 0))
    Task.detached {
      let result: Result<Value, TPMError>
      do throws(TPMError) { result = .success(try await body()) } catch { result = .failure(error) }
      box.result.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    guard let result = box.result.withLock({ $0 }) else { throw .unavailable("the TPM's thread ended") }
    return try result.get()
  }
}

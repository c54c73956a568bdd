import Enrollment
import Issuance
import Logging
import Registry
import Synchronization

/// Works on validations, a bounded number at once: those that messages hand over, and those that wait in the store, since
/// their host was not ready or a crash left them.
public struct ValidationRunner: Sendable {
  private let queue: ACMEValidationQueue
  private let reaching: any ChallengeReaching
  private let logger: Logger
  private let backlog = Backlog()
  private let wakes: AsyncStream<Void>
  private let wakeUp: AsyncStream<Void>.Continuation

  public init(queue: ACMEValidationQueue, reaching: any ChallengeReaching, logger: Logger) {
    self.queue = queue
    self.reaching = reaching
    self.logger = logger
    (wakes, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes one in hand at once.
  public func begin(_ validation: ACMEValidation) {
    backlog.state.withLock { $0.add(validation) }
    wakeUp.yield()
  }

  /// Until cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await lookIntoStore() }
      group.addTask { await sweep() }
      group.addTask { await work() }
    }
  }

  /// Each second.
  private func lookIntoStore() async {
    repeat {
      let room = backlog.state.withLock { $0.room }
      guard room > 0 else { continue }
      do {
        let due = try await queue.take(upTo: room)
        backlog.state.withLock { backlog in for validation in due { backlog.add(validation) } }
        if !due.isEmpty { wakeUp.yield() }
      } catch {
        report("looking into the store: \(error)")
      }
    } while (try? await Task.sleep(for: .seconds(1))) != nil
    wakeUp.finish()
  }

  private func sweep() async {
    repeat {
      do { try await queue.sweep() } catch { report("sweeping: \(error)") }
    } while (try? await Task.sleep(for: .seconds(600))) != nil
  }

  private func work() async {
    await withDiscardingTaskGroup { group in
      for await _ in wakes {
        while let next = backlog.state.withLock({ $0.begin() }) {
          group.addTask {
            do { try await queue.work(on: next, reaching: reaching) } catch { report("validating: \(error)") }
            backlog.state.withLock { $0.end(next) }
            wakeUp.yield()
          }
        }
      }
    }
  }

  private func report(_ what: String) { logger.error("acme", metadata: ["what": "\(what)"]) }
}

private final class Backlog: Sendable {
  let state = Mutex(ValidationBacklog())
}

import Enrollment
import Issuance
import Logging
import Registry
import Synchronization

/// Works on the validations that wait in the store, a bounded number at once; what a crash left is due again.
public struct ValidationRunner: Sendable {
  private let queue: ACMEValidationQueue
  private let reaching: any ChallengeReaching
  private let logger: Logger
  private let wakes: AsyncStream<Void>
  private let wakeUp: AsyncStream<Void>.Continuation

  /// Looks under way at once.
  static let most = 64

  public init(queue: ACMEValidationQueue, reaching: any ChallengeReaching, logger: Logger) {
    self.queue = queue
    self.reaching = reaching
    self.logger = logger
    (wakes, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Says that one waits; without it the store is looked at every second.
  public func wake() { wakeUp.yield() }

  /// Until cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await tick() }
      group.addTask { await sweep() }
      group.addTask { await work() }
    }
  }

  private func tick() async {
    while (try? await Task.sleep(for: .seconds(1))) != nil { wake() }
    wakeUp.finish()
  }

  private func sweep() async {
    repeat {
      do { try await queue.sweep() } catch { report("sweeping: \(error)") }
    } while (try? await Task.sleep(for: .seconds(600))) != nil
  }

  private func work() async {
    await withDiscardingTaskGroup { group in
      let running = Running()
      for await _ in wakes {
        while let free = running.free(of: Self.most) {
          guard let taken = try? await queue.take(upTo: free), !taken.isEmpty else { break }
          for validation in taken {
            running.begin()
            group.addTask {
              do { try await queue.work(on: validation, reaching: reaching) } catch { report("validating: \(error)") }
              running.end()
              // One may wait for the place that is free now.
              if taken.count == free { wake() }
            }
          }
        }
      }
    }
  }

  private func report(_ what: String) { logger.error("acme", metadata: ["what": "\(what)"]) }
}

/// How many looks are under way.
private final class Running: Sendable {
  private let count = Atomic(0)

  /// Nil when there is no place.
  func free(of most: Int) -> Int? {
    let free = most - count.load(ordering: .relaxed)
    return free > 0 ? free : nil
  }

  func begin() { count.wrappingAdd(1, ordering: .relaxed) }
  func end() { count.wrappingSubtract(1, ordering: .relaxed) }
}

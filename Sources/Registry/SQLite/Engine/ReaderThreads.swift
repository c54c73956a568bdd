import Foundation
import GRDB

/// The threads that read, each with a connection of its own.
///
/// GRDB's pool would hand each body from queue to queue; here a body crosses to one thread and back.
final class ReaderThreads: Sendable {
  private let queue = WorkQueue<any PendingRead>(capacity: 16_384)
  private let connections: [DatabaseQueue]
  private let running = DispatchGroup()

  /// Opens the connections. The file must be open for writing already: its log is read through shared memory.
  init(path: String, configuration: Configuration, count: Int) throws {
    var configuration = configuration
    configuration.readonly = true
    connections = try (0..<max(count, 1)).map { _ in try DatabaseQueue(path: path, configuration: configuration) }
  }

  func start() {
    for connection in connections {
      running.enter()
      let thread = Thread { [queue, running] in
        // Within the connection's own queue for as long as the thread lives: entering it for each body costs more.
        connection.unsafeRead { database in
          while let reads = queue.take(upTo: 1) {
            for read in reads { read.run(on: database) }
          }
        }
        try? connection.close()
        running.leave()
      }
      thread.name = "touchmark-reader"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  func submit(_ read: any PendingRead) {
    if let refusal = queue.submit(read) { read.refuse(refusal) }
  }

  /// Returns once everything queued is answered and the connections are closed.
  func stop() {
    queue.close()
    running.wait()
  }
}

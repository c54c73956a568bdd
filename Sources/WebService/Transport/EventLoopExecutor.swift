import NIOCore

/// Runs a connection's tasks on the event loop that reads and writes its socket.
///
/// Without it each request goes to the shared pool of threads and back several times, and every crossing wakes a thread:
/// that costs the server more than parsing and answering. Nothing that can block runs here: the store has threads of
/// its own.
final class EventLoopExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    // The task that prefers this executor keeps it until its last job is done.
    eventLoop.execute { job.runSynchronously(on: executor) }
  }
}

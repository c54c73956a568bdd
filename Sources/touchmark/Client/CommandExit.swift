/// The exit codes of every command. They are stable; docs/commands.md lists them.
package enum CommandExit: Int32, Sendable, CaseIterable {
  case done = 0
  /// The server refused, or the work failed.
  case refused = 1
  /// The command line is wrong.
  case usage = 2
  /// No server runs, or none can be reached or trusted.
  case noServer = 3
  /// There is no administrator's identity, or its role does not allow this.
  case notPermitted = 4
  case notFound = 5
  /// The object's state does not allow it, or it exists already.
  case conflict = 6
  /// Throttled, or the server's store or keys are away: the same command may succeed later.
  case later = 7
  /// `audit verify` found that the log's past is not what it was.
  case altered = 8
  /// `doctor` found something to be warned of.
  case warned = 9
  /// `doctor` found an error.
  case unsound = 10
}

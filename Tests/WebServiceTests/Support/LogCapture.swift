import Logging
import Synchronization

/// Keeps log lines as text, with their metadata, for tests to look at.
final class LogCapture: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  func containing(_ text: String) -> [String] { all.filter { $0.contains(text) } }

  func logger() -> Logger {
    Logger(label: "test") { _ in Handler(capture: self) }
  }

  fileprivate func append(_ line: String) { lines.withLock { $0.append(line) } }

  private struct Handler: LogHandler {
    let capture: LogCapture
    var logLevel = Logger.Level.debug
    var metadata = Logger.Metadata()

    init(capture: LogCapture) { self.capture = capture }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let fields = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0.key)=\($0.value)" }.sorted()
      capture.append("\(event.level) \(event.message) \(fields.joined(separator: " "))")
    }
  }
}

import Foundation

/// Everything that is not a result: messages, hints, progress.
package enum StandardError {
  package static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// `touchmark: …`, lower case, no full stop.
  package static func say(_ message: String) { write("touchmark: \(OneLine.of(message))\n") }
  package static func hint(_ message: String) { write("hint: \(OneLine.of(message))\n") }

  package static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }
}

/// Results.
package enum StandardOutput {
  package static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

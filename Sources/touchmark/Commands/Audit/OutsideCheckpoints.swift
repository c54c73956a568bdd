import AuditLog
import Foundation

/// Checkpoints that were kept where whoever holds the log could not reach them: one in a file, or all that a checkpoint
/// sink holds.
package enum OutsideCheckpoints {
  /// Years of a sink, at some 250 octets a checkpoint.
  private static let longest = 512 << 20

  /// Signed notes of one log, the one that covers most last. All of them count: who can write to a sink can add a
  /// checkpoint over a changed past, and cannot take back the one over the true one.
  ///
  /// - Throws: `.refused` when there is no checkpoint at all.
  static func read(_ path: String) throws(CommandFailure) -> [String] {
    let notes = try all(path)
    guard let newest = notes.max(by: { order($0.checkpoint) < order($1.checkpoint) }) else { return [] }
    // A restored log is another log: what the sink holds of the epochs before belongs to those.
    return notes.filter { $0.checkpoint.origin == newest.checkpoint.origin }
      .sorted { $0.checkpoint.size < $1.checkpoint.size }.map(\.note)
  }

  /// Signed notes of every log whose checkpoints are there, in no order.
  ///
  /// - Throws: `.refused` when there is none.
  static func notes(_ path: String) throws(CommandFailure) -> [String] { try all(path).map(\.note) }

  private static func all(_ path: String) throws(CommandFailure) -> [(note: String, checkpoint: Checkpoint)] {
    var notes: [(note: String, checkpoint: Checkpoint)] = []
    for file in files(path) {
      for note in split(try InputFile.text(file, limit: longest)) {
        guard let signed = try? SignedNote(parsing: note), let checkpoint = try? Checkpoint(parsing: signed.text) else {
          continue
        }
        notes.append((note, checkpoint))
      }
    }
    guard !notes.isEmpty else {
      throw CommandFailure(
        .refused, "\(path) holds no checkpoint",
        hint: "a checkpoint is what GET /api/v1/audit/checkpoint answers, or what --checkpoint-sink wrote")
    }
    return notes
  }

  private static func order(_ checkpoint: Checkpoint) -> (Int, UInt64) {
    (checkpoint.origin.split(separator: "/").last.flatMap { Int($0) } ?? 0, checkpoint.size)
  }

  private static func files(_ path: String) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".checkpoints") }.sorted().map { path + "/" + $0 }
  }

  /// Notes that stand one after the other. A note ends with its signature lines; what a crash cut off has none, and is
  /// passed over.
  package static func split(_ text: String) -> [String] {
    var notes: [String] = []
    var lines: [Substring] = []
    var isSigned = false
    func end() {
      if isSigned { notes.append(lines.joined(separator: "\n") + "\n") }
      (lines, isSigned) = ([], false)
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isSignature = line.hasPrefix("— ")
      // An origin begins a note, and nothing follows a signature but another.
      if isSigned && !isSignature || line.hasPrefix("touchmark/") { end() }
      if lines.isEmpty && line.isEmpty { continue }
      lines.append(line)
      isSigned = isSigned || isSignature
    }
    end()
    return notes
  }
}

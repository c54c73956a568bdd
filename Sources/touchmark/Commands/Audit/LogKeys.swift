import AuditLog
import Foundation

/// The public keys that checkpoints are believed by.
enum LogKeys {
  /// - Throws: `.notFound` or `.refused` when what was named is no key; nothing named and no `audit.pub` there gives none.
  static func find(_ named: String?, folder: String) throws(CommandFailure) -> [NoteKey] {
    let usual = folder + "/audit.pub"
    guard let source = named ?? (FileManager.default.fileExists(atPath: usual) ? usual : nil) else { return [] }
    if let key = NoteKey(source) { return [key] }
    guard FileManager.default.fileExists(atPath: source) else {
      throw CommandFailure(.notFound, "'\(source)' is neither a key nor a file", hint: "a key reads NAME+HASH+KEY")
    }
    let lines = try InputFile.text(source).split(whereSeparator: \.isNewline)
    let keys = lines.compactMap { NoteKey(String($0)) }
    guard !keys.isEmpty, keys.count == lines.count else {
      throw CommandFailure(.refused, "\(source) holds a line that is no key", hint: "a key reads NAME+HASH+KEY")
    }
    return keys
  }
}

import AuditLog
import Foundation
import TestKit
import Testing
import WireFormats

/// Another implementation, made from docs/audit.md with nothing but hashlib and json, agrees.
@Suite struct IndependentReaderTests {
  static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Independent/read_audit_log.py").standardizedFileURL

  /// JSON lines, as `touchmark audit export` writes leaves; then the checkpoints.
  private func export(_ log: SampleLog, to folder: ScratchFolder) throws {
    let lines = log.rows.map { row in
      #"{"index":\#(row.index),"digest":"\#(Hex.encode(row.digest))","#
        + #""salt":\#(row.salt.map { "\"\(Hex.encode($0))\"" } ?? "null"),"#
        + #""entry":\#(row.entry.map { "\"\(Base64.encode($0))\"" } ?? "null")}"#
    }
    try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "log.jsonl")
    try folder.write(Array(log.checkpoints.joined(separator: "\u{0}").utf8), to: "checkpoints")
  }

  private func read(_ folder: ScratchFolder) throws -> (status: Int32, output: String) {
    let finished = try Finished(
      running: "python3", [Self.script.path, "\(folder.path)/log.jsonl", "\(folder.path)/checkpoints"],
      interleaved: true)
    return (finished.status, finished.text)
  }

  @Test func agreesOnAGoodLog() async throws {
    var log = try await SampleLog(entries: 77, interval: 7)
    (log.rows[5].salt, log.rows[5].entry) = (nil, nil)
    let folder = try ScratchFolder()
    try export(log, to: folder)
    let result = try read(folder)
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output == "77 entries, 1 erased, 11 checkpoints, root \(Hex.encode(log.verify().root))\n")
  }

  @Test func agreesOnABadLog() async throws {
    var log = try await SampleLog(entries: 77, interval: 7)
    log.rewrite(30, as: SampleLog.entry(31))
    let folder = try ScratchFolder()
    try export(log, to: folder)
    let result = try read(folder)
    #expect(result.status == 1)
    #expect(result.output.contains("checkpoint over 35 disagrees"))
  }
}

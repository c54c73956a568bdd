import AuditLog
import Foundation
import Issuance
import Registry

/// What is sealed beside an exported root: whose requests to believe, and who approves acts on it.
struct RootRemark: CustomStringConvertible {
  /// The key that its installation signs requests with; nil when none was noted.
  let requestKey: NoteKey?
  let approvers: ApproverPin?

  init(requestKey: NoteKey?, approvers: ApproverPin?) { (self.requestKey, self.approvers) = (requestKey, approvers) }

  init(_ text: String, of path: String) throws(CommandFailure) {
    let words = text.split(separator: " ")
    let pinned = words.filter { $0.hasPrefix("approvers:") }
    requestKey = words.lazy.compactMap { NoteKey(String($0)) }.first
    approvers = pinned.first.flatMap { ApproverPin($0) }
    // A pin of a form that is not known is no reason to go on without one.
    guard pinned.count <= 1, pinned.isEmpty == (approvers == nil) else {
      throw CommandFailure(.refused, "what \(path) says of its approvers cannot be read")
    }
  }

  var description: String {
    [requestKey.map { "\($0)" }, approvers.map { "\($0)" }].compactMap { $0 }.joined(separator: " ")
  }

  /// Of the folder that a root belongs to: what its store holds, or, on a root's own machine, what its ceremony noted.
  static func approvers(in folder: InstallationFolder, of organization: OrganizationID) async throws -> ApproverPin? {
    if FileManager.default.fileExists(atPath: folder.database) {
      let store = try SQLiteStore.openForReading(path: folder.database)
      let pin: Result<ApproverPin?, any Error>
      do { pin = .success(try await ApproverPin.current(in: store, of: organization)) } catch { pin = .failure(error) }
      await store.close()
      return try pin.get()
    }
    guard FileManager.default.fileExists(atPath: folder.approverPin) else { return nil }
    let text = try InputFile.text(folder.approverPin).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let pin = ApproverPin(text) else {
      throw CommandFailure(.refused, "what \(folder.approverPin) says of the root's approvers cannot be read")
    }
    return pin
  }
}

import Approval
import AuditLog
import Credentials
import DeviceClient
import WireFormats

/// Trust bundles: the road to a new root where no certificate leads to it, because the old root's key is in the wrong hands.
/// All that it needs is the first approvers' document, which the device was made with (docs/rollover.md).
struct ApprovedRoots {
  private static let longest = 65_536
  /// Versions of the approvers' document in between, for a device that was away.
  private static let mostVersions: Int64 = 64

  private let first: ApproverDocument

  /// Nil for what is no first approvers' document that everyone in it signed.
  init?(document note: [UInt8]) {
    guard note.count <= Self.longest, let text = String(validating: note, as: UTF8.self),
      let signed = try? SignedNote(parsing: text), let named = try? ApproverDocument(text: signed.text),
      let first = try? ApproverDocument.first(
        note: text, organization: named.organization, purpose: TrustBundle.purpose, at: nil)
    else { return nil }
    self.first = first
  }

  /// What the approvers signed since, where there is something newer than the device holds. The server is not trusted for it:
  /// the signatures are.
  func newer(
    than memory: DeviceMemory, from server: ServerAddress, loops: EventLoops, at clock: Instant
  ) throws(AgentFailure) -> (roots: [Certificate], number: Int64)? {
    let connection = try Connection(to: server, security: .init(judge: { _ in true }, identity: nil), loops: loops)
    defer { connection.close() }
    let time = memory.isWithoutTime(at: clock) ? nil : clock
    guard let note = try text(at: "/trust-bundle", over: connection),
      // What it says of itself tells only what to fetch, and whether to look closer at all.
      let number = Self.number("number", in: note), number > memory.bundle,
      let version = Self.number("approvers", in: note), version <= first.number + Self.mostVersions,
      let approvers = try approvers(version, over: connection, at: time),
      let bundle = try? TrustBundle.verify(
        note, organization: first.organization, approvers: approvers, held: memory.bundle, at: time)
    else { return nil }
    let roots = bundle.roots.compactMap { try? Certificate(parsing: $0) }
    return roots.count == bundle.roots.count ? (roots, bundle.number) : nil
  }

  /// From the first version up, each signed by enough of the one before.
  private func approvers(
    _ number: Int64, over connection: Connection, at time: Instant?
  ) throws(AgentFailure) -> ApproverDocument? {
    var document = first
    while document.number < number {
      guard let note = try text(at: "/trust-bundle/approvers/\(document.number + 1)", over: connection),
        let next = try? document.next(note: note, at: time)
      else { return nil }
      document = next
    }
    return document.number == number ? document : nil
  }

  private func text(at path: String, over connection: Connection) throws(AgentFailure) -> String? {
    let response = try connection.send(HTTPRequest(path: path), longestBody: Self.longest)
    return response.status == 200 ? String(validating: response.body, as: UTF8.self) : nil
  }

  private static func number(_ name: String, in note: String) -> Int64? {
    note.split(separator: "\n").lazy.filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + ": ") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int64($0) } }.first
  }
}

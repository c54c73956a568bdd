import Approval
import AuditLog
import Credentials
import DeviceClient
import WireFormats

/// What a device does with trust bundles. All that it needs is what it was made with: the organization's identifier and
/// the first approvers' document.
struct BundleTaking: Sendable {
  let organization: String
  let first: ApproverDocument

  /// Asks whether there is a newer bundle, and trusts its roots and no others from then on. Returns whether it did.
  func take(into memory: inout DeviceMemory, from address: some PublicAddress, at clock: Instant) async -> Bool {
    guard let note = await address.text(at: "/trust-bundle"),
      let bundle = await believed(note, held: memory.bundle, from: address, at: Self.time(clock, memory))
    else { return false }
    let roots = bundle.roots.compactMap { try? Certificate(parsing: $0) }
    guard roots.count == bundle.roots.count else { return false }
    (memory.roots, memory.bundle) = (roots, bundle.number)
    return true
  }

  /// Nil for what its approvers did not sign, and for what is not newer than `held`.
  func believed(
    _ note: String, held: Int64, from address: some PublicAddress, at time: Instant?
  ) async -> TrustBundle? {
    // What it says of itself tells only what to fetch, and whether to look closer at all.
    guard let number = Self.number("number", in: note), number > held, let version = Self.number("approvers", in: note),
      let approvers = await approvers(version, from: address, at: time)
    else { return nil }
    return try? TrustBundle.verify(note, organization: organization, approvers: approvers, held: held, at: time)
  }

  /// From the first version up, each signed by enough of the one before.
  private func approvers(_ number: Int64, from address: some PublicAddress, at time: Instant?) async
    -> ApproverDocument?
  {
    var document = first
    while document.number < number {
      guard let note = await address.text(at: "/trust-bundle/approvers/\(document.number + 1)"),
        let next = try? document.next(note: note, at: time)
      else { return nil }
      document = next
    }
    return document.number == number ? document : nil
  }

  private static func number(_ name: String, in note: String) -> Int64? {
    note.split(separator: "\n").lazy.filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + ": ") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int64($0) } }.first
  }

  /// A clock that is behind what the device itself holds says nothing.
  private static func time(_ clock: Instant, _ memory: DeviceMemory) -> Instant? {
    memory.roots.contains { clock < $0.notBefore } ? nil : clock
  }
}

import AuditLog
import Registry
import WireFormats

/// What a watcher knows from the log: how far it has read, and what it saw. Kept in the store together with what follows
/// from it, so that a restart neither misses an entry nor counts one twice.
struct LogWatch: Hashable, Sendable, Codable {
  /// One device that showed two keys.
  struct Clone: Hashable, Sendable, Codable {
    var seen: Instant
    var reason: String
  }

  /// A suspicion is told again when this long passed without another.
  static let cloneMemory = Span.hours(24)

  /// The last entry that was read; nil before the first.
  var position: UInt64?
  var refusals = RefusalHistory()
  /// By the entry's subject.
  var clones: [String: Clone] = [:]

  mutating func read(_ record: AuditLogRecord) {
    position = max(position ?? 0, record.index)
    guard let octets = record.entry, let entry = try? AuditEntry(decoding: octets) else { return }
    if entry.outcome == "refused" { refusals.add(at: entry.at) }
    if entry.act == "device.clone-suspected" {
      clones[entry.subject] = Clone(seen: entry.at, reason: entry.reason ?? "one identity shows two keys")
    }
  }

  mutating func forgetOld(at now: Instant) {
    clones = clones.filter { now - $0.value.seen < Self.cloneMemory }
  }
}

import AuditLog
import Crypto
import TestKit
import WireFormats

/// A log as a store keeps it, and the key that signs its checkpoints.
struct SampleLog {
  struct Row: Equatable {
    var index: UInt64
    var digest: [UInt8]
    var salt: [UInt8]?
    var entry: [UInt8]?
  }

  static let origin = "touchmark/acme/1"
  var rows: [Row] = []
  var checkpoints: [String] = []
  let signer: Curve25519.Signing.PrivateKey
  let key: NoteKey

  /// Fixed content and keys; a checkpoint after every `interval` entries.
  init(entries: Int, interval: Int = 25, keySeed: UInt8 = 7, salts: UInt64 = 1) async throws {
    signer = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: keySeed, count: 32))
    key = try present(NoteKey(name: Self.origin, publicKey: signer.publicKey.rawRepresentation))
    var random = SeededRandom(seed: salts)
    for index in 0..<entries {
      let leaf = AuditLeaf.make(Self.entry(index), using: &random)
      rows.append(Row(index: UInt64(index), digest: leaf.digest, salt: leaf.salt, entry: leaf.entry))
    }
    try await sign(interval: interval)
  }

  static func entry(_ index: Int) -> AuditEntry {
    AuditEntry(
      at: Instant(milliseconds: 1_795_248_000_000 + Int64(index) * 250), actor: "device:\(index % 7)", door: "est",
      act: "certificate.issue", subject: "certificate:\(index)", outcome: index % 9 == 0 ? "refused" : "ok",
      reason: index % 9 == 0 ? "wrong secret" : nil, details: ["profile": "operational"])
  }

  /// Signs checkpoints over the rows as they are now, in place of those that were.
  mutating func sign(interval: Int) async throws {
    checkpoints = []
    var frontier = MerkleFrontier()
    for row in rows {
      frontier.append(row.digest)
      if frontier.size.isMultiple(of: UInt64(interval)) { checkpoints.append(try await note(frontier)) }
    }
  }

  private func note(_ frontier: MerkleFrontier) async throws -> String {
    let signer = signer
    return try await Checkpoint(origin: Self.origin, frontier: frontier).signed(as: key) { text in
      Array(try signer.signature(for: text))
    }.description
  }

  /// A signed checkpoint over the first entries.
  func checkpoint(over size: Int) async throws -> String {
    var frontier = MerkleFrontier()
    for row in rows.prefix(size) { frontier.append(row.digest) }
    return try await note(frontier)
  }

  func verify(outside: String? = nil, keys: [NoteKey]? = nil, stored: MerkleFrontier? = nil) -> AuditReport {
    var verification = AuditVerification(
      checkpoints: checkpoints, outside: outside, keys: keys ?? [key], origin: Self.origin)
    for row in rows { verification.feed(index: row.index, digest: row.digest, salt: row.salt, entry: row.entry) }
    return verification.finish(stored: stored)
  }

  /// Gives the rows the indexes of their places, as an intruder would.
  mutating func renumber() {
    for place in rows.indices { rows[place].index = UInt64(place) }
  }

  /// Replaces an entry together with its digest.
  mutating func rewrite(_ place: Int, as entry: AuditEntry) {
    let leaf = AuditLeaf(salt: [UInt8](repeating: 9, count: 16), entry: entry.encoded())
    rows[place].salt = leaf.salt
    rows[place].entry = leaf.entry
    rows[place].digest = leaf.digest
  }
}

struct Missing: Error {}

/// `#require` for places outside a test.
func present<T>(_ value: T?) throws -> T {
  guard let value else { throw Missing() }
  return value
}

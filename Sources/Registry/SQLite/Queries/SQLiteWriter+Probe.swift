import Foundation
import WireFormats

extension SQLiteWriter {
  /// What an enrollment writes, about: a full disk takes a small row for longer than a large one.
  private static let size = 16_384

  func probe(at instant: Instant, in organization: OrganizationID) throws {
    // SQLite leaves a page alone whose octets stay the same, so they differ from those of the last probe.
    let filling = [UInt8](repeating: UInt8.random(in: .min ... .max), count: Self.size)
    try execute(
      "INSERT OR REPLACE INTO write_probes (organization, written_at, filling) VALUES (?, ?, ?)",
      [organization, instant, filling])
  }
}

import AuditLog
import Registry
import WireFormats

/// `proof.json`: what leads from the exported entries to the checkpoint beside them (docs/audit.md, Excerpts).
package struct ExportProof: Codable, Hashable, Sendable {
  package var organization: String
  package var from: String
  package var to: String
  /// The index of the first entry, and how many there are.
  package var first: UInt64
  package var count: UInt64
  /// The roots of the complete subtrees before the first entry, the largest first; hexadecimal.
  package var before: [String]
  /// RFC 6962 §2.1.2, from the tree that ends with the last entry to the checkpoint's; hexadecimal.
  package var consistency: [String]

  init(
    _ stretch: Range<UInt64>, of period: AuditPeriod, organization: OrganizationRecord, size: UInt64,
    _ reader: any StoreReader
  ) throws {
    let root: (Range<UInt64>) throws -> [UInt8] = { try reader.auditRoot(of: $0, in: organization.id) }
    let path = try MerkleProof.consistency(from: stretch.upperBound, size: size, root: root) ?? []
    self.organization = organization.name
    (from, to) = (period.from.description, period.to.description)
    (first, count) = (stretch.lowerBound, stretch.upperBound - stretch.lowerBound)
    before = try Self.subtrees(below: stretch.lowerBound).map { Hex.encode(try root($0)) }
    consistency = path.map { Hex.encode($0) }
  }

  /// One complete subtree for each set bit of `end`, the largest first.
  private static func subtrees(below end: UInt64) -> [Range<UInt64>] {
    var (subtrees, begin) = ([Range<UInt64>](), UInt64(0))
    for bit in (0..<UInt64(UInt64.bitWidth)).reversed() where end & (1 << bit) != 0 {
      subtrees.append(begin..<begin + (1 << bit))
      begin += 1 << bit
    }
    return subtrees
  }

  /// - Throws: `.refused` when it is not what `init` writes.
  func excerpt(checkpoint: String) throws(CommandFailure) -> AuditExcerpt {
    let size = withUnsafeBytes(of: first.bigEndian) { Array($0) }
    let hashes = before.compactMap { Hex.decode($0) }
    guard hashes.count == before.count, let edge = MerkleFrontier(decoding: size + hashes.joined()) else {
      throw CommandFailure(.altered, "proof.json does not have the roots before entry \(first)")
    }
    let path = consistency.compactMap { Hex.decode($0) }
    guard path.count == consistency.count else { throw CommandFailure(.altered, "proof.json is damaged") }
    return AuditExcerpt(before: edge, checkpoint: checkpoint, consistency: path)
  }
}

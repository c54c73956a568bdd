import AuditLog
import Registry
import WireFormats

/// A line of `entries.jsonl`: a leaf, and its salt and entry unless they were erased.
package struct ExportedEntry: Codable, Hashable, Sendable {
  package var index: UInt64
  /// Hexadecimal, 32 octets.
  package var digest: String
  /// Hexadecimal, 16 octets.
  package var salt: String?
  /// The entry's octets in base64, as they were logged.
  package var entry: String?

  init(_ record: AuditLogRecord) {
    (index, digest) = (record.index, Hex.encode(record.digest))
    (salt, entry) = (record.salt.map { Hex.encode($0) }, record.entry.map { Base64.encode($0) })
  }

  var octets: [UInt8]? { entry.flatMap { Base64.decode(Array($0.utf8)) } }
  var decoded: AuditEntry? { octets.flatMap { try? AuditEntry(decoding: $0) } }
}

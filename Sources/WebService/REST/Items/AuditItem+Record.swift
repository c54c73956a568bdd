import AdministrationAPI
import AuditLog
import Registry
import WireFormats

extension AuditItem {
  /// An erased entry keeps its place and its leaf.
  init(_ record: AuditLogRecord) {
    let entry = record.entry.flatMap { try? AuditEntry(decoding: $0) }
    self.init(
      index: Int64(clamping: record.index), at: entry?.at.description ?? "", actor: entry?.actor ?? "",
      door: entry?.door ?? "", act: entry?.act ?? "erased", subject: entry?.subject ?? "",
      outcome: entry?.outcome ?? "", reason: entry?.reason, details: entry?.details ?? [:],
      leaf: Hex.encode(record.digest))
  }
}

import AuditLog
import Crypto
import Registry
import WireFormats

/// `members/ACT.csv`: whom an act on many was done to. Its entry in the log names them by their digest alone, so that an
/// act on a million is one entry; whoever checks an export makes the digest again from this file.
///
/// The first column is what the digest is over. The others help a person, and no signature covers them.
struct ExportMembers {
  static let header = CSV.record(["member", "serial", "outcome", "reason"])
  private static let page = 1000

  /// The file's path below the export's folder.
  static func file(of act: BulkActID) -> String { "members/\(act).csv" }

  /// The act that an entry started, with the digest that it names (hexadecimal).
  static func named(by entry: AuditEntry) -> (act: BulkActID, digest: String)? {
    guard let digest = entry.details["members_sha256"], entry.subject.hasPrefix("act:"),
      let act = BulkActID(rawValue: String(entry.subject.dropFirst("act:".count)))
    else { return nil }
    return (act, digest)
  }

  static func write(
    _ act: BulkActID, to path: String, _ organization: OrganizationID, _ reader: any StoreReader
  ) throws {
    guard let record = try reader.bulkAct(act, in: organization) else {
      throw CommandFailure(.altered, "the members of \(act) are missing in the store")
    }
    let file = try GrowingFile(path)
    try file.write(header)
    var last = 0
    while true {
      let members = try reader.bulkMembers(of: act, after: last, limit: page, in: organization)
      for member in members {
        try file.write(row(member, of: record, serial: try serial(member, organization, reader)))
      }
      guard let end = members.last else { break }
      last = end.position
    }
    try file.finish()
  }

  private static func row(_ member: BulkMember, of act: BulkActRecord, serial: String?) -> String {
    let outcome = member.position > act.processed ? "waits" : member.refusal == nil ? "done" : "refused"
    // A record is a line, so that the file is read line by line.
    let reason = (member.refusal ?? "").map { $0.isNewline ? " " : $0 }
    return CSV.record([member.name, serial ?? "", outcome, ExportTables.inert(String(reason))])
  }

  private static func serial(
    _ member: BulkMember, _ organization: OrganizationID, _ reader: any StoreReader
  ) throws -> String? {
    let device: DeviceID? =
      switch member.subject {
      case .device(let id): id
      case .certificate(let authority, let serial):
        try reader.certificate(authority: authority, serial: serial, in: organization)?.device
      case .grant, .request: nil
      }
    return try device.flatMap { try reader.device($0, in: organization) }?.serial
  }

  /// What the members of a file hash to, hexadecimal; nil when it cannot be read.
  static func digest(of path: String) -> String? {
    var hash = SHA256()
    do {
      var lines = try FileLines(path)
      guard let first = try lines.next(), first + [0x0A] == Array(header.utf8) else { return nil }
      while let line = try lines.next() { hash.update(data: line.prefix { $0 != 0x2C } + [0x0A]) }
    } catch { return nil }
    return Hex.encode(Array(hash.finalize()))
  }
}

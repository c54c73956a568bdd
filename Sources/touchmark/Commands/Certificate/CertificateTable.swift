import AdministrationAPI
import WireFormats

/// The table in which CFSSL keeps what it issued, as its database dumps it: comma-separated values with a header line.
///
/// `sqlite3 -header -csv certs.db 'SELECT * FROM certificates'`, or `COPY … TO … CSV HEADER`. Of its columns `pem` and
/// `status` are needed, `revoked_at` and `reason` (a number, RFC 5280 §5.3.1) are read, and the others are passed over.
package struct CertificateTable {
  private let columns: [String: Int]
  private let rows: [CommaSeparated.Record]

  package var count: Int { rows.count }

  /// Whether a file begins as such a table does.
  package static func isOne(_ text: String) -> Bool {
    let names = text.prefix { !$0.isNewline }.split(separator: ",").map { $0.filter { $0 != "\"" } }
    return names.contains("pem") && names.contains("status")
  }

  /// - Throws: `.refused`, naming the line that is none.
  package init(_ text: String) throws(CommandFailure) {
    var records = CommaSeparated.records(text)
    guard let header = records.first else { throw CommandFailure(.refused, "the table is empty") }
    records.removeFirst()
    columns = Dictionary(header.fields.enumerated().map { ($1, $0) }) { first, _ in first }
    for record in records where !record.isWhole || record.fields.count != header.fields.count {
      throw CommandFailure(
        .refused, "line \(record.line) has \(record.fields.count) fields and the header \(header.fields.count)")
    }
    rows = records
  }

  /// - Throws: `.refused` for a revocation without a time, which would otherwise be none.
  package func line(_ index: Int) throws(CommandFailure) -> ImportedCertificateLine {
    let row = rows[index]
    let field = { (name: String) -> String in columns[name].map { row.fields[$0] } ?? "" }
    guard field("status") == "revoked" else {
      return ImportedCertificateLine(line: row.line, certificate: field("pem"))
    }
    guard let revokedAt = Self.instant(field("revoked_at")) else {
      throw CommandFailure(.refused, "line \(row.line) is revoked, and does not say when")
    }
    return ImportedCertificateLine(
      line: row.line, certificate: field("pem"), revokedAt: "\(revokedAt)", reason: Self.reasons[field("reason")])
  }

  private static let reasons = [
    "0": "unspecified", "1": "keyCompromise", "2": "cACompromise", "3": "affiliationChanged", "4": "superseded",
    "5": "cessationOfOperation", "6": "certificateHold", "9": "privilegeWithdrawn", "10": "aACompromise",
  ]

  /// RFC 3339, or as SQLite, MySQL and PostgreSQL print it: a space for the T, an offset of zero or none.
  private static func instant(_ text: String) -> Instant? {
    var whole = text.replacing(" +0000 UTC", with: "")
    for ending in ["+00:00", "+00", "Z"] where whole.hasSuffix(ending) { whole.removeLast(ending.count) }
    whole = whole.replacing(" ", with: "T")
    // Fractions differ in their digits; a revocation's second is enough.
    if let point = whole.lastIndex(of: ".") { whole = String(whole[..<point]) }
    return Instant(whole + "Z")
  }
}

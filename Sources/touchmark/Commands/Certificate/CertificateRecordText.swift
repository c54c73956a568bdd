import AdministrationAPI
import Credentials
import WireFormats

/// The record of a certificate that was issued here, and the certificate itself.
package enum CertificateRecordText {
  package static func render(_ item: CertificateItem, now: Instant = .now) -> String {
    let revoked = item.revokedAt.map { "\(ReadableTime.minute($0)), \(item.reason ?? "unspecified")" }
    let facts = Table.facts([
      ("status", item.status), ("revoked", revoked), ("device", item.device), ("authority", item.authority),
      ("profile", "\(item.profile), version \(item.profileVersion)"),
      ("issued", "\(ReadableTime.minute(item.issuedAt)) to \(item.principal) through \(item.door)"),
      ("grant", item.grant), ("key origin", item.keyOrigin),
    ])
    return Printable.text(item.serialNumber) + "\n" + facts + "\n" + content(item.pem, now: now)
  }

  private static func content(_ pem: String, now: Instant) -> String {
    guard let block = PEM.parse(pem)?.first, let certificate = try? Certificate(parsing: block.bytes) else { return "" }
    return CertificateText.render(certificate, now: now)
  }
}

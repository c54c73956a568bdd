import AdministrationAPI
import Credentials
import WireFormats

/// An authority for reading.
package enum AuthorityText {
  package static func render(_ authority: AuthorityItem, now: Instant = .now) -> String {
    let facts = Table.facts([
      ("name", authority.called), ("purpose", authority.purpose), ("state", authority.state),
      ("parent", authority.parent),
      ("key lives", authority.keyHome),
      ("CRL", authority.crlNumber.map { "number \($0), next by \(ReadableTime.minute(authority.crlNextUpdate))" }),
    ])
    let block = PEM.parse(authority.certificate)?.first
    let certificate = block.flatMap { try? Certificate(parsing: $0.bytes) }
    let content = certificate.map { "\n" + CertificateText.render($0, now: now) } ?? ""
    return Printable.text(authority.id) + "\n" + facts + content
  }
}

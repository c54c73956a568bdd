import AdministrationAPI
import Credentials
import Issuance
import WireFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An authority's books as they were sent: a JSON object a line.
struct CertificateBooksFile {
  private(set) var lines: [ImportedCertificate] = []
  private(set) var refused: [RefusedLine] = []

  init(_ body: [UInt8]) {
    for (index, line) in body.split(separator: 0x0A).enumerated() {
      var number = index + 1
      do {
        let value = try JSONParser.parse(Array(line))
        try Schema.named("ImportedCertificateLine").check(value, names: APISchemas.all)
        let asked = try JSONDecoder().decode(ImportedCertificateLine.self, from: Data(line))
        number = asked.line
        lines.append(try ImportedCertificate(asked))
      } catch {
        refused.append(
          RefusedLine(line: number, reason: ProblemDetails.from(error)?.detail ?? "the line cannot be read"))
      }
    }
  }
}

extension ImportedCertificate {
  fileprivate init(_ asked: ImportedCertificateLine) throws(ProblemDetails) {
    var encoded: [UInt8]?
    if let text = asked.certificate {
      guard let block = PEM.parse(text)?.first, block.label == "CERTIFICATE" else {
        throw .badRequest("the certificate is not in PEM")
      }
      encoded = block.bytes
    }
    let serial = asked.serialNumber.map { SerialNumber(hex: $0) }
    if let serial, serial == nil { throw .badRequest("the serial number is not one of RFC 5280") }
    let revokedAt = asked.revokedAt.map { Instant($0) }
    if let revokedAt, revokedAt == nil { throw .badRequest("revoked_at is not a time of RFC 3339") }
    let reason = asked.reason.map { RevocationReason(name: $0) }
    if let reason, reason == nil { throw .badRequest("this reason is not known") }
    self.init(
      line: asked.line, certificate: encoded, serial: serial ?? nil, revokedAt: revokedAt ?? nil,
      reason: reason ?? nil)
  }
}

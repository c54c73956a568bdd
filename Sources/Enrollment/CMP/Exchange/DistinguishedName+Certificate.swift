import Credentials
import WireFormats

extension DistinguishedName {
  /// A certificate's subject (RFC 5280 §4.1), without reading what comes after it.
  init?(subjectOfCertificate der: [UInt8]) {
    var outer = DERReader(der)
    do {
      var certificate = try outer.readSequence()
      var fields = try certificate.readSequence()
      _ = try fields.readOptional(DERTag.contextConstructed(0))
      // serialNumber, signature, issuer, validity
      for _ in 0..<4 { _ = try fields.read() }
      self = try DistinguishedName(parsing: fields.read(DERTag.sequence).encoded)
    } catch {
      return nil
    }
  }
}

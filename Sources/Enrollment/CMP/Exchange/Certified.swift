import Issuance
import WireFormats

/// What was issued, with its key where that was made here.
struct Certified: Sendable {
  let issued: Issued
  /// An EnvelopedData, DER.
  var privateKey: [UInt8]?

  /// `CertifiedKeyPair ::= SEQUENCE { certOrEncCert, privateKey [0] EncryptedKey OPTIONAL, … }` (RFC 9810 §5.3.4), where
  /// `EncryptedKey ::= CHOICE { encryptedValue, envelopedData [0] IMPLICIT EnvelopedData }` (RFC 4211 §2.1).
  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.constructed(DERTag.contextConstructed(0)) { $0.raw(issued.certificate) }
      guard let privateKey, let first = privateKey.first, first == DERTag.sequence else { return }
      $0.constructed(DERTag.contextConstructed(0)) {
        $0.raw(octet: DERTag.contextConstructed(0))
        $0.raw(privateKey.dropFirst())
      }
    }
  }
}

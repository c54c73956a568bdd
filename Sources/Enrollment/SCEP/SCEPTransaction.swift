import Credentials
import Registry
import WireFormats

/// What is remembered of a transaction beyond one message.
///
/// It is found by profile, transaction and the key that signed, so that nobody meets another's, and holds no secret:
/// a message that waits is kept as it came, encrypted.
enum SCEPTransaction {
  /// Of a request that waits for approval, by its transaction.
  static func pending(_ profile: ProfileName, _ message: SCEPMessage, _ certificate: SignerCertificate) -> String {
    identifier("pending", profile, Array(message.head.transactionID.utf8), certificate)
  }

  /// Of a request whose right is a certificate, by the request: sent again, it is answered with what was issued.
  static func issued(_ profile: ProfileName, _ request: [UInt8], _ certificate: SignerCertificate) -> String {
    identifier("issued", profile, request, certificate)
  }

  private static func identifier(
    _ kind: String, _ profile: ProfileName, _ octets: [UInt8], _ certificate: SignerCertificate
  ) -> String {
    let parts = [Array(kind.utf8), Array(profile.rawValue.utf8), certificate.subjectPublicKeyInfo, octets]
    let encoded = DERWriter.build { writer in
      writer.sequence { for part in parts { $0.octetString(part) } }
    }
    return Hex.encode(DigestAlgorithm.sha256.digest(encoded))
  }
}

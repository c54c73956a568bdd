import Credentials
import Issuance
import WireFormats

/// A CertRep message (RFC 8894 §3.3.2) to one request, before it is signed.
struct CertRep: Sendable {
  enum Status: Sendable {
    /// With the encrypted certs-only, DER.
    case success(envelope: [UInt8])
    case failure(SCEPFailInfo, text: String)
    case pending

    /// RFC 8894 §3.2.1.3.
    var value: String {
      switch self {
      case .success: "0"
      case .failure: "2"
      case .pending: "3"
      }
    }
  }

  let status: Status
  let head: SCEPMessage.Head

  /// Signed by the registration authority, on FAILURE and PENDING too: nobody else may end a client's transaction.
  func signed(by authority: RegistrationAuthority) throws(Refusal) -> [UInt8] {
    let content: [UInt8]? = if case .success(let envelope) = status { envelope } else { nil }
    // One common client takes RSA signatures under the key's own identifier alone.
    let signer = SignerInfo.ToBeSigned(
      // RFC 8894 §3.1: without a content, the digest is that of no octets.
      content: content ?? [], type: CMSContentType.data, identifier: CertificateIdentifier(authority.certificate),
      algorithm: authority.algorithm, attributes: attributes, isUnderKeyIdentifier: true)
    return SignedData.encode(
      content: content, type: CMSContentType.data, signers: [(signer, try authority.sign(signer.message))],
      certificates: [authority.certificate.encoded])
  }

  private var attributes: [CMSAttribute] {
    var attributes = [
      SCEPAttribute.printable(SCEPAttribute.messageType, SCEPMessageType.certRep.rawValue),
      SCEPAttribute.printable(SCEPAttribute.pkiStatus, status.value),
      SCEPAttribute.printable(SCEPAttribute.transactionID, head.transactionID),
      SCEPAttribute.octets(SCEPAttribute.recipientNonce, head.senderNonce),
      // RFC 8894 §3.2.1.5: 16 octets, fresh in each message.
      SCEPAttribute.octets(SCEPAttribute.senderNonce, .random(count: 16)),
    ]
    if case .failure(let info, let text) = status {
      attributes.append(SCEPAttribute.printable(SCEPAttribute.failInfo, info.rawValue))
      attributes.append(SCEPAttribute.utf8(SCEPAttribute.failInfoText, text))
    }
    return attributes
  }
}

import Credentials
import WireFormats

/// A client's pkiMessage (RFC 8894 §3), read: a SignedData around what was encrypted to the registration authority.
///
/// Who signed it is in it, and says nothing of who that is: `verify` shows that the key named did sign.
package struct SCEPMessage: Sendable {
  /// The transaction, the nonce to echo, and how to answer the message at all. Kept apart: it is needed to refuse.
  struct Head: Sendable {
    /// Nil for a type that the standard does not have.
    let type: SCEPMessageType?
    let transactionID: String
    let senderNonce: [UInt8]
  }

  let head: Head
  /// The signer's certificate: self-signed, or one of an authority. Nil when it is not in the message.
  let certificate: SignerCertificate?
  /// What else came along, DER.
  let chain: [[UInt8]]
  /// The message as it came.
  let encoded: [UInt8]
  private let signedData: SignedData
  private let signer: SignerInfo

  /// A request with an RSA-4096 key and its certificate takes 8 KiB.
  static let maximumSize = 65_536
  /// RFC 8894 §3.2.1.5 says 16 octets; others are echoed as they came.
  private static let nonceSizes = 1...64
  private static let longestTransactionID = 128

  package init(parsing encoded: [UInt8]) throws(CMSError) {
    guard encoded.count <= Self.maximumSize else { throw .tooLarge }
    signedData = try SignedData(parsing: encoded)
    guard let signer = signedData.signers.first, signedData.signers.count == 1 else { throw .tooLarge }
    head = try Self.head(signer)
    certificate = signedData.signerCertificate(of: signer)
    let own = certificate?.encoded
    chain = signedData.certificates.filter { $0 != own }
    self.signer = signer
    self.encoded = encoded
  }

  private static func head(_ signer: SignerInfo) throws(CMSError) -> Head {
    guard let type = signer.text(SCEPAttribute.messageType) else { throw .missingAttribute(SCEPAttribute.messageType) }
    guard let transactionID = signer.text(SCEPAttribute.transactionID),
      (1...longestTransactionID).contains(transactionID.utf8.count),
      transactionID.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw .missingAttribute(SCEPAttribute.transactionID) }
    guard let nonce = signer.octets(SCEPAttribute.senderNonce), nonceSizes.contains(nonce.count) else {
      throw .missingAttribute(SCEPAttribute.senderNonce)
    }
    return Head(type: SCEPMessageType(rawValue: type), transactionID: transactionID, senderNonce: nonce)
  }

  /// Whether the signature holds and an envelope is inside: all that is computed of bytes before a key opens them.
  package var isWhole: Bool { (try? verified()) != nil && (try? envelope()) != nil }

  /// The certificate whose key signed this message.
  func verified() throws(SCEPFailure) -> SignerCertificate {
    guard let certificate else { throw SCEPFailure(.badMessageCheck, "the signer's certificate is not in the message") }
    guard let key = certificate.publicKey else {
      throw SCEPFailure(.badAlg, "the signer's key is not of an algorithm that is taken here")
    }
    do throws(CMSError) {
      try signedData.verify(signer, key: key)
    } catch {
      throw SCEPFailure(error)
    }
    return certificate
  }

  /// What was encrypted (RFC 8894 §3.1, pkcsPKIEnvelope), not yet opened.
  func envelope() throws(SCEPFailure) -> EnvelopedData {
    guard let content = signedData.content, !content.isEmpty else {
      throw SCEPFailure(.badMessageCheck, "the message has no content")
    }
    do throws(CMSError) { return try EnvelopedData(parsing: content) } catch { throw SCEPFailure(error) }
  }
}

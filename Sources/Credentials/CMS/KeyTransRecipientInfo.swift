import Crypto
import WireFormats

/// `KeyTransRecipientInfo ::= SEQUENCE { version, rid, keyEncryptionAlgorithm, encryptedKey }` (RFC 5652 §6.2.1).
struct KeyTransRecipientInfo: Sendable {
  let recipient: CertificateIdentifier
  /// Nil when it is not one that is taken here.
  let transport: KeyTransport?
  let transportIdentifier: ObjectIdentifier
  private let encryptedKey: [UInt8]

  init(reading reader: inout DERReader) throws {
    var fields = try reader.readSequence()
    _ = try fields.readSmallInteger()
    recipient = try CertificateIdentifier(reading: &fields)
    let algorithm = try fields.read(DERTag.sequence)
    var parts = algorithm.reader
    transportIdentifier = try parts.readObjectIdentifier()
    transport = KeyTransport(algorithmIdentifier: algorithm.encoded)
    encryptedKey = Array(try fields.readOctetString())
    try fields.finish()
  }

  init(
    sealing key: SymmetricKey, to recipient: CertificateIdentifier, _ publicKey: SubjectPublicKeyInfo,
    _ transport: KeyTransport
  ) throws {
    self.recipient = recipient
    self.transport = transport
    transportIdentifier = ObjectIdentifier([])
    encryptedKey = try transport.encrypt(key, to: publicKey)
  }

  /// A key of that size in any case: a random one when this is not what was encrypted here (RFC 3218 §2.3.2). What
  /// follows then fails as it does with a wrong content, so that nobody learns which of the two it was.
  func contentKey(_ key: any RecipientKey, size: Int) throws(CMSError) -> SymmetricKey {
    guard let transport else { throw .unsupportedAlgorithm(transportIdentifier) }
    let instead = SymmetricKey(size: SymmetricKeySize(bitCount: size * 8))
    let opened = key.decrypt(encryptedKey, transport)
    return opened.map { $0.bitCount == size * 8 ? $0 : instead } ?? instead
  }

  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.integer(recipient.isKeyIdentifier ? 2 : 0)
      recipient.write(to: &$0)
      $0.raw(transport?.algorithmIdentifier ?? [])
      $0.octetString(encryptedKey)
    }
  }
}

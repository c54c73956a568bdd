import Crypto
import WireFormats
import _CryptoExtras

/// Content encryption of EnvelopedData (RFC 3565) and AuthEnvelopedData (RFC 5084). DES and RC2 have no case.
public enum ContentEncryption: String, Hashable, Sendable, CaseIterable {
  case aes128CBC, aes256CBC, aes128GCM, aes256GCM

  public var isAuthenticated: Bool { self == .aes128GCM || self == .aes256GCM }

  /// Octets.
  public var keySize: Int { self == .aes128CBC || self == .aes128GCM ? 16 : 32 }

  var identifier: ObjectIdentifier {
    switch self {
    case .aes128CBC: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 1, 2])
    case .aes128GCM: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 1, 6])
    case .aes256CBC: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 1, 42])
    case .aes256GCM: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 1, 46])
    }
  }
}

/// `EncryptedContentInfo ::= SEQUENCE { contentType, contentEncryptionAlgorithm, encryptedContent [0] IMPLICIT OCTET
/// STRING OPTIONAL }` (RFC 5652 §6.1).
struct EncryptedContentInfo: Sendable {
  let contentType: ObjectIdentifier
  /// Nil when it is not one that is taken here.
  let algorithm: ContentEncryption?
  let algorithmIdentifier: ObjectIdentifier
  /// The initialization vector or nonce.
  let vector: [UInt8]
  let ciphertext: [UInt8]

  static let tagSize = 16

  init(reading reader: inout DERReader) throws {
    var fields = try reader.readSequence()
    contentType = try fields.readObjectIdentifier()
    var parameters = try fields.readSequence()
    let identifier = try parameters.readObjectIdentifier()
    algorithmIdentifier = identifier
    algorithm = ContentEncryption.allCases.first { $0.identifier == identifier }
    vector = try algorithm.map { try Self.vector(&parameters, $0) } ?? []
    guard let content = try fields.readImplicitOctetString(0) else { throw CMSError.missingContent }
    ciphertext = content
    try fields.finish()
  }

  private static func vector(_ parameters: inout DERReader, _ algorithm: ContentEncryption) throws -> [UInt8] {
    guard algorithm.isAuthenticated else {
      // RFC 3565 §4.1: the parameters are the vector.
      let vector = Array(try parameters.readOctetString())
      guard vector.count == 16 else { throw DERError.badString }
      return vector
    }
    // RFC 5084 §3.2: GCMParameters, with 12 octets of tag as default. Shorter tags than 16 are not taken.
    var gcm = try parameters.readSequence()
    let nonce = Array(try gcm.readOctetString())
    guard nonce.count == 12, !gcm.isAtEnd, try gcm.readSmallInteger() == tagSize else {
      throw CMSError.unsupportedAlgorithm(algorithm.identifier)
    }
    return nonce
  }

  /// Encrypts under a fresh vector.
  init(sealing content: [UInt8], type: ObjectIdentifier, _ algorithm: ContentEncryption, key: SymmetricKey) throws {
    contentType = type
    self.algorithm = algorithm
    algorithmIdentifier = algorithm.identifier
    if algorithm.isAuthenticated {
      let box = try AES.GCM.seal(content, using: key)
      vector = Array(box.nonce)
      ciphertext = Array(box.ciphertext) + Array(box.tag)
    } else {
      let initial = AES._CBC.IV()
      vector = Array(initial)
      ciphertext = Array(try AES._CBC.encrypt(content, using: key, iv: initial))
    }
  }

  /// The content; nil whatever is wrong with it, since a reason would be an oracle (RFC 3218).
  func open(_ key: SymmetricKey) -> [UInt8]? {
    guard let initial = try? AES._CBC.IV(ivBytes: vector) else { return nil }
    return (try? AES._CBC.decrypt(ciphertext, using: key, iv: initial)).map(Array.init)
  }

  /// The same where a tag authenticates it, with the attributes beside it.
  func open(_ key: SymmetricKey, tag: [UInt8], authenticating attributes: [UInt8]) -> [UInt8]? {
    guard let nonce = try? AES.GCM.Nonce(data: vector),
      let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: ciphertext, tag: tag)
    else { return nil }
    return (try? AES.GCM.open(box, using: key, authenticating: attributes)).map(Array.init)
  }

  /// - Parameter ciphertext: Without the tag, which an AuthEnvelopedData holds elsewhere.
  func write(to writer: inout DERWriter, ciphertext: some Collection<UInt8>) {
    writer.sequence {
      $0.objectIdentifier(contentType)
      $0.sequence {
        $0.objectIdentifier(algorithmIdentifier)
        writeParameters(to: &$0)
      }
      $0.primitive(DERTag.context(0), ciphertext)
    }
  }

  private func writeParameters(to writer: inout DERWriter) {
    guard algorithm?.isAuthenticated == true else { return writer.octetString(vector) }
    writer.sequence {
      $0.octetString(vector)
      $0.integer(Self.tagSize)
    }
  }
}

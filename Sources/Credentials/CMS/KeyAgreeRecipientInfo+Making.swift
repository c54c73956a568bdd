import Crypto
import WireFormats

extension KeyAgreeRecipientInfo {
  /// `[1] KeyAgreeRecipientInfo` with a key made for it, SHA-256's key derivation, and AES-128 or AES-256 key wrap.
  static func encode(
    sealing key: SymmetricKey, to recipient: CertificateIdentifier, _ publicKey: SubjectPublicKeyInfo
  ) throws -> [UInt8] {
    let wrap: KeyWrap = key.bitCount > 128 ? .aes256 : .aes128
    let agreed = try agree(with: publicKey, sharedInfo: wrap.sharedInfo(userKeyingMaterial: nil), size: wrap.keySize)
    let encryptedKey = try AES.KeyWrap.wrap(key, using: agreed.key)
    return DERWriter.build {
      $0.constructed(DERTag.contextConstructed(1)) {
        $0.integer(3)
        $0.constructed(DERTag.contextConstructed(0)) { writeOriginator(agreed.point, to: &$0) }
        $0.sequence {
          $0.objectIdentifier(schemes[0].identifier)
          $0.raw(wrap.algorithmIdentifier)
        }
        $0.sequence {
          $0.sequence {
            write(recipient, to: &$0)
            $0.octetString(encryptedKey)
          }
        }
      }
    }
  }

  private static func writeOriginator(_ point: [UInt8], to writer: inout DERWriter) {
    writer.constructed(DERTag.contextConstructed(1)) {
      // RFC 5753 §3.1.1: id-ecPublicKey; absent parameters are the recipient's.
      $0.sequence { $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 2, 1])) }
      $0.bitString(point)
    }
  }

  private static func write(_ recipient: CertificateIdentifier, to writer: inout DERWriter) {
    guard case .subjectKeyIdentifier(let identifier) = recipient else { return recipient.write(to: &writer) }
    writer.constructed(DERTag.contextConstructed(0)) { $0.octetString(identifier) }
  }

  private static func agree(
    with publicKey: SubjectPublicKeyInfo, sharedInfo: [UInt8], size: Int
  ) throws -> (key: SymmetricKey, point: [UInt8]) {
    let point = Array(publicKey.keyOctets)
    switch publicKey.algorithm {
    case .p256:
      let own = P256.KeyAgreement.PrivateKey(compactRepresentable: false)
      let secret = try own.sharedSecretFromKeyAgreement(with: .init(x963Representation: point))
      return (
        secret.agreedKey(sharedInfo: sharedInfo, size: size, digest: .sha256),
        Array(own.publicKey.x963Representation)
      )
    case .p384:
      let own = P384.KeyAgreement.PrivateKey(compactRepresentable: false)
      let secret = try own.sharedSecretFromKeyAgreement(with: .init(x963Representation: point))
      return (
        secret.agreedKey(sharedInfo: sharedInfo, size: size, digest: .sha256),
        Array(own.publicKey.x963Representation)
      )
    case .ed25519, .rsa2048, .rsa3072, .rsa4096: throw CMSError.cannotSeal
    }
  }
}

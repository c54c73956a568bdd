import DeviceTPM
import WireFormats

/// A TPM's key as a file that others read too: "ASN.1 Specification for TPM 2.0 Key Files" (draft-bottomley-tpm2-keys), which
/// openssl's providers for TPMs take as a private key.
enum TPMKeyFile {
  static let label = "TSS2 PRIVATE KEY"
  /// id-loadablekey.
  private static let loadable = ObjectIdentifier([2, 23, 133, 10, 1, 3])
  /// TPM_RH_OWNER: under the storage primary key that is made from its template.
  private static let owner = 0x4000_0001

  static func encode(_ blob: TPMKeyBlob, hasAuthorization: Bool) -> PEM {
    let bytes = DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(loadable)
        if !hasAuthorization { $0.constructed(DERTag.contextConstructed(0)) { $0.boolean(true) } }
        $0.integer(owner)
        $0.octetString(blob.publicPart)
        $0.octetString(blob.privatePart)
      }
    }
    return PEM(label: label, bytes: bytes)
  }

  /// Nil for what is no such key, or one under another parent.
  static func decode(_ stored: PEM) -> TPMKeyBlob? {
    var outer = DERReader(stored.bytes)
    guard stored.label == label, var fields = try? outer.readSequence(), outer.isAtEnd,
      (try? fields.readObjectIdentifier()) == loadable
    else { return nil }
    _ = try? fields.readOptional(DERTag.contextConstructed(0))
    guard (try? fields.readSmallInteger()) == owner, let publicPart = try? fields.readOctetString(),
      let privatePart = try? fields.readOctetString(), fields.isAtEnd
    else { return nil }
    return try? TPMKeyBlob(parsing: Array(publicPart) + Array(privatePart))
  }
}

/// What is kept of a key that is elsewhere: where, and its public half, so that it is known without asking there.
struct KeyReference {
  let place: String
  /// SubjectPublicKeyInfo, DER.
  let publicKey: [UInt8]

  init(place: String, publicKey: [UInt8]) { (self.place, self.publicKey) = (place, publicKey) }

  init?(_ stored: PEM) {
    var outer = DERReader(stored.bytes)
    guard var fields = try? outer.readSequence(), outer.isAtEnd, let place = try? fields.read(DERTag.utf8String),
      let key = try? fields.readOctetString(), fields.isAtEnd,
      let text = String(validating: place.content, as: UTF8.self)
    else { return nil }
    self.init(place: text, publicKey: Array(key))
  }

  func stored(as label: String) -> PEM {
    let bytes = DERWriter.build {
      $0.sequence {
        $0.utf8String(place)
        $0.octetString(publicKey)
      }
    }
    return PEM(label: label, bytes: bytes)
  }
}

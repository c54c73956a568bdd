import WireFormats

extension SignedData {
  /// A ContentInfo in DER.
  ///
  /// - Parameters:
  ///   - content: Nil where it is elsewhere.
  ///   - signers: Each with the signature that its key made of `ToBeSigned.message`.
  ///   - certificates: In this order: clients that take the first for their own are many (see `CertificatesOnly`).
  public static func encode(
    content: [UInt8]?, type: ObjectIdentifier, signers: [(signer: SignerInfo.ToBeSigned, signature: [UInt8])],
    certificates: [[UInt8]] = [], revocationLists: [[UInt8]] = []
  ) -> [UInt8] {
    let digests = Set(signers.map(\.signer.algorithm.digest)).map(\.algorithmIdentifier)
    let body = DERWriter.build(capacity: (content?.count ?? 0) + 4096) {
      $0.sequence {
        $0.integer(version(type, signers.map(\.signer)))
        $0.constructed(DERTag.set) { for digest in DERSet.ordered(digests) { $0.raw(digest) } }
        $0.sequence {
          $0.objectIdentifier(type)
          if let content { $0.constructed(DERTag.contextConstructed(0)) { $0.octetString(content) } }
        }
        set(certificates, DERTag.contextConstructed(0), &$0)
        set(revocationLists, DERTag.contextConstructed(1), &$0)
        $0.constructed(DERTag.set) {
          for signer in DERSet.ordered(signers.map { $0.signer.encoded(signature: $0.signature) }) { $0.raw(signer) }
        }
      }
    }
    return ContentInfo.encode(CMSContentType.signedData, content: body)
  }

  /// RFC 5652 §5.1.
  private static func version(_ type: ObjectIdentifier, _ signers: [SignerInfo.ToBeSigned]) -> Int {
    type == CMSContentType.data && !signers.contains { $0.identifier.isKeyIdentifier } ? 1 : 3
  }

  private static func set(_ members: [[UInt8]], _ tag: UInt8, _ writer: inout DERWriter) {
    guard !members.isEmpty else { return }
    writer.constructed(tag) { for member in members { $0.raw(member) } }
  }
}

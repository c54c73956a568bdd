import Credentials
import WireFormats

/// CertTemplate (RFC 4211 §5), as far as anything here reads it.
///
/// ```
/// CertTemplate ::= SEQUENCE {
///      version [0], serialNumber [1], signingAlg [2], issuer [3], validity [4], subject [5],
///      publicKey [6], issuerUID [7], subjectUID [8], extensions [9] — all OPTIONAL, tagged IMPLICIT }
/// ```
public struct CertTemplate: Sendable {
  let serial: SerialNumber?
  /// Name, DER.
  let issuer: [UInt8]?
  let hasValidity: Bool
  public let subject: DistinguishedName?
  let publicKey: PublicKey
  /// Extensions, DER.
  let extensions: [UInt8]?

  init(parsing element: DERElement) throws(DERError) {
    var fields = element.reader
    _ = try fields.readOptional(DERTag.context(0))
    serial = try fields.readOptional(DERTag.context(1)).map { element throws(DERError) in
      guard let serial = SerialNumber(integerContent: element.content) else { throw .badInteger }
      return serial
    }
    _ = try fields.readOptional(DERTag.contextConstructed(2))
    // A Name is a CHOICE, which cannot be tagged implicitly.
    issuer = try fields.readOptional(DERTag.contextConstructed(3)).map { Array($0.content) }
    hasValidity = try fields.readOptional(DERTag.contextConstructed(4)) != nil
    subject = try fields.readOptional(DERTag.contextConstructed(5)).map { element throws(DERError) in
      try DistinguishedName(parsing: element.content)
    }
    publicKey = try fields.readOptional(DERTag.contextConstructed(6)).map(PublicKey.init(parsing:)) ?? .none
    _ = try fields.readOptional(DERTag.context(7))
    _ = try fields.readOptional(DERTag.context(8))
    extensions = try fields.readOptional(DERTag.contextConstructed(9)).map { Self.sequence($0.content) }
    try fields.finish()
  }

  /// The tag that the implicit one took the place of.
  fileprivate static func sequence(_ content: ArraySlice<UInt8>) -> [UInt8] {
    DERWriter.build(capacity: content.count + 4) {
      $0.header(DERTag.sequence, length: content.count)
      $0.raw(content)
    }
  }

  /// A template as an authority sends one (RFC 9810 §5.3.19.16): what a device should ask for.
  static func write(subject: DistinguishedName?, extensions: [CertificateExtension], to writer: inout DERWriter) {
    writer.sequence {
      if let subject { $0.constructed(DERTag.contextConstructed(5)) { $0.raw(subject.encoded) } }
      guard !extensions.isEmpty else { return }
      $0.constructed(DERTag.contextConstructed(9)) { for item in extensions { $0.raw(item.encoded) } }
    }
  }
}

extension CertTemplate {
  /// The template's publicKey (RFC 9483 §4.1.6: an empty BIT STRING asks for a key to be made).
  enum PublicKey: Sendable {
    case none
    /// SubjectPublicKeyInfo, DER.
    case key([UInt8])
    case wanted(WantedKey)

    init(parsing element: DERElement) throws(DERError) {
      var fields = element.reader
      let algorithm = try fields.read(DERTag.sequence)
      guard try fields.read(DERTag.bitString).content.dropFirst().isEmpty else {
        self = .key(CertTemplate.sequence(element.content))
        return
      }
      try fields.finish()
      self = .wanted(try WantedKey(parsing: algorithm))
    }
  }

  /// A key's algorithm without the key.
  enum WantedKey: Sendable {
    case algorithm(KeyAlgorithm)
    /// An AlgorithmIdentifier says nothing of the size.
    case rsa
    case unknown

    init(parsing element: DERElement) throws(DERError) {
      var fields = element.reader
      let identifier = try fields.readObjectIdentifier()
      switch identifier {
      case ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]): self = .rsa
      case SignatureAlgorithm.ed25519.identifier: self = .algorithm(.ed25519)
      case ObjectIdentifier([1, 2, 840, 10045, 2, 1]):
        let curve = fields.nextTag == DERTag.objectIdentifier ? try fields.readObjectIdentifier() : nil
        self = Self.curves[curve ?? identifier].map { .algorithm($0) } ?? .unknown
      default: self = .unknown
      }
    }

    private static let curves: [ObjectIdentifier: KeyAlgorithm] = [
      ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7]): .p256, ObjectIdentifier([1, 3, 132, 0, 34]): .p384,
    ]
  }
}

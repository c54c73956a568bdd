import WireFormats

/// What an EST server asks a client to put into its request (RFC 7030 §4.5.2, RFC 8951 §3.2, RFC 9908).
///
/// ```
/// CsrAttrs ::= SEQUENCE SIZE (0..MAX) OF AttrOrOID
/// AttrOrOID ::= CHOICE { oid OBJECT IDENTIFIER, attribute Attribute{YouChoose} }
/// ```
public struct CertificationRequestAttributes: Hashable, Sendable {
  public enum Item: Hashable, Sendable {
    /// The client shows that it has this: an attribute's type, a key or a signature algorithm.
    case identifier(ObjectIdentifier)
    /// A type and its values, each in DER.
    case attribute(ObjectIdentifier, values: [[UInt8]])
  }

  public var items: [Item]

  public init(_ items: [Item]) { self.items = items }

  public var isEmpty: Bool { items.isEmpty }

  /// What a client's key and its extensions should be.
  ///
  /// - Parameters:
  ///   - keyAlgorithm: The key that the profile prefers.
  ///   - extensions: With their values, for the client to copy (RFC 9908 §3.2: an extensionRequest attribute).
  public init(keyAlgorithm: KeyAlgorithm?, extensions: [CertificateExtension] = []) {
    items = []
    if !extensions.isEmpty {
      let value = DERWriter.build { $0.sequence { for item in extensions { item.write(to: &$0) } } }
      items.append(.attribute(RequestAttribute.extensionRequest, values: [value]))
    }
    guard let keyAlgorithm else { return }
    items.append(Self.key(keyAlgorithm))
    items.append(.identifier(keyAlgorithm.signatureAlgorithm.identifier))
  }

  /// The base64 that EST sends holds these octets.
  public var encoded: [UInt8] {
    DERWriter.build {
      $0.sequence {
        for item in items {
          switch item {
          case .identifier(let identifier): $0.objectIdentifier(identifier)
          case .attribute(let type, let values):
            $0.sequence {
              $0.objectIdentifier(type)
              // X.690 §11.6.
              $0.constructed(DERTag.set) {
                for value in values.sorted(by: { $0.lexicographicallyPrecedes($1) }) { $0.raw(value) }
              }
            }
          }
        }
      }
    }
  }

  public init(parsing encoded: [UInt8]) throws(DERError) {
    var outer = DERReader(encoded)
    var reader = try outer.readSequence()
    try outer.finish()
    var items: [Item] = []
    while !reader.isAtEnd {
      guard items.count < 64 else { throw .tooLong }
      if reader.nextTag == DERTag.objectIdentifier {
        items.append(.identifier(try reader.readObjectIdentifier()))
      } else {
        items.append(try Self.attribute(&reader))
      }
    }
    self.items = items
  }

  private static func attribute(_ reader: inout DERReader) throws(DERError) -> Item {
    var fields = try reader.readSequence()
    let type = try fields.readObjectIdentifier()
    var set = try fields.read(DERTag.set).reader
    try fields.finish()
    var values: [[UInt8]] = []
    while !set.isAtEnd {
      guard values.count < 64 else { throw .tooLong }
      values.append(Array(try set.read().encoded))
    }
    return .attribute(type, values: values)
  }

  /// RFC 7030 §4.5.2 and its example: id-ecPublicKey with the curve as value, rsaEncryption with the modulus' size.
  private static func key(_ algorithm: KeyAlgorithm) -> Item {
    let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
    func curve(_ arcs: [UInt64]) -> Item {
      .attribute(ecPublicKey, values: [DERWriter.build { $0.objectIdentifier(ObjectIdentifier(arcs)) }])
    }
    func rsa(_ bits: Int) -> Item {
      let type = ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])
      return .attribute(type, values: [DERWriter.build { $0.integer(bits) }])
    }
    return switch algorithm {
    case .p256: curve([1, 2, 840, 10045, 3, 1, 7])
    case .p384: curve([1, 3, 132, 0, 34])
    case .ed25519: .identifier(SignatureAlgorithm.ed25519.identifier)
    case .rsa2048: rsa(2048)
    case .rsa3072: rsa(3072)
    case .rsa4096: rsa(4096)
    }
  }
}

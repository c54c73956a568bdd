import WireFormats

/// What a server wants a certification request to look like, partly filled in (RFC 9908 §3.4).
///
/// ```
/// CertificationRequestInfoTemplate ::= SEQUENCE {
///      version       INTEGER { v1(0) },
///      subject       NameTemplate OPTIONAL,
///      subjectPKInfo [0] SubjectPublicKeyInfoTemplate OPTIONAL,
///      attributes    [1] Attributes }
/// ```
public struct CertificationRequestTemplate: Hashable, Sendable {
  /// An attribute of the subject; without a value the client fills it in.
  public struct SubjectAttribute: Hashable, Sendable {
    public let type: ObjectIdentifier
    public let value: String?

    public init(type: ObjectIdentifier, value: String?) { (self.type, self.value) = (type, value) }
  }

  /// An extension; without a value the client fills it in.
  public struct Extension: Hashable, Sendable {
    public let identifier: ObjectIdentifier
    public let critical: Bool
    /// DER.
    public let value: [UInt8]?

    public init(identifier: ObjectIdentifier, critical: Bool, value: [UInt8]?) {
      (self.identifier, self.critical, self.value) = (identifier, critical, value)
    }

    public init(_ fixed: CertificateExtension) {
      self.init(identifier: fixed.identifier, critical: fixed.critical, value: fixed.value)
    }
  }

  /// id-aa-certificationRequestInfoTemplate.
  public static let attributeType = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 2, 61])
  /// id-aa-extensionReqTemplate.
  static let extensionsType = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 2, 62])

  /// Nil leaves the whole subject to the client.
  public var subject: [SubjectAttribute]?
  public var key: KeyAlgorithm?
  public var extensions: [Extension]

  public init(subject: [SubjectAttribute]?, key: KeyAlgorithm?, extensions: [Extension]) {
    (self.subject, self.key, self.extensions) = (subject, key, extensions)
  }

  /// CertificationRequestInfoTemplate, DER.
  public var encoded: [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.integer(0)
        writeSubject(to: &$0)
        writeKey(to: &$0)
        $0.constructed(DERTag.contextConstructed(1)) { writeExtensions(to: &$0) }
      }
    }
  }

  private func writeSubject(to writer: inout DERWriter) {
    guard let subject else { return }
    writer.sequence {
      for attribute in subject {
        $0.constructed(DERTag.set) {
          $0.sequence {
            $0.objectIdentifier(attribute.type)
            if let value = attribute.value { DistinguishedName.write(value, of: attribute.type, to: &$0) }
          }
        }
      }
    }
  }

  /// The key's kind and, for a curve, which. How long an RSA key is to be would take a made-up key; the legacy form beside
  /// it (RFC 7030 §4.5.2) says so plainly.
  private func writeKey(to writer: inout DERWriter) {
    guard let key else { return }
    writer.constructed(DERTag.contextConstructed(0)) { $0.raw(key.templateIdentifier) }
  }

  private func writeExtensions(to writer: inout DERWriter) {
    guard !extensions.isEmpty else { return }
    writer.sequence {
      $0.objectIdentifier(Self.extensionsType)
      $0.constructed(DERTag.set) {
        $0.sequence {
          for wanted in extensions {
            $0.sequence {
              $0.objectIdentifier(wanted.identifier)
              if wanted.critical { $0.boolean(true) }
              if let value = wanted.value { $0.octetString(value) }
            }
          }
        }
      }
    }
  }
}

extension DistinguishedName {
  /// An attribute's value in the string type that a name of ours would have it in.
  fileprivate static func write(_ value: String, of type: ObjectIdentifier, to writer: inout DERWriter) {
    let name = DistinguishedName([Attribute(type: type, value: value)])
    var outer = DERReader(name.encoded)
    guard var names = try? outer.readSequence(), var set = try? names.read(DERTag.set).reader,
      var attribute = try? set.readSequence(), (try? attribute.readObjectIdentifier()) != nil,
      let element = try? attribute.read()
    else { return }
    writer.raw(Array(element.encoded))
  }
}

extension KeyAlgorithm {
  /// AlgorithmIdentifier.
  fileprivate var templateIdentifier: [UInt8] {
    func curve(_ arcs: [UInt64]) -> [UInt8] {
      DERWriter.build {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 2, 1]))
          $0.objectIdentifier(ObjectIdentifier(arcs))
        }
      }
    }
    return switch self {
    case .p256: curve([1, 2, 840, 10045, 3, 1, 7])
    case .p384: curve([1, 3, 132, 0, 34])
    case .ed25519:
      DERWriter.build { $0.sequence { $0.objectIdentifier(SignatureAlgorithm.ed25519.identifier) } }
    case .rsa2048, .rsa3072, .rsa4096:
      DERWriter.build {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]))
          $0.null()
        }
      }
    }
  }
}

import WireFormats

extension CertificationRequest {
  /// `attributes [0] Attributes`, a SET whose order nobody's client can be trusted with: it is not checked.
  struct Attributes {
    private(set) var extensions: [CertificateExtension] = []
    private(set) var challengePassword: String?
    private(set) var unknown: [ObjectIdentifier] = []

    private static let maximumCount = 32

    init(_ element: DERElement?) throws {
      guard var attributes = element?.reader else { return }
      var count = 0
      var seen: [ObjectIdentifier] = []
      while !attributes.isAtEnd {
        guard count < Self.maximumCount else { throw DERError.tooLong }
        count += 1
        var attribute = try attributes.readSequence()
        let type = try attribute.readObjectIdentifier()
        var values = try attribute.read(DERTag.set).reader
        try attribute.finish()
        guard type == RequestAttribute.extensionRequest || type == RequestAttribute.challengePassword else {
          unknown.append(type)
          continue
        }
        guard !seen.contains(type) else { throw CertificationRequestError.duplicateAttribute(type) }
        seen.append(type)
        // An attribute with no value at all is against RFC 2986 and harmless: it asks for nothing.
        guard !values.isAtEnd else { continue }
        try read(type, values.read())
        // RFC 2985 §5.4: both are SINGLE VALUE.
        guard values.isAtEnd else { throw CertificationRequestError.duplicateAttribute(type) }
      }
    }

    private mutating func read(_ type: ObjectIdentifier, _ value: DERElement) throws {
      if type == RequestAttribute.extensionRequest {
        extensions = try CertificateExtension.parseAll(value.encoded)
      } else {
        guard let text = try DirectoryString.decode(value) else { throw DERError.badString }
        challengePassword = text
      }
    }
  }
}

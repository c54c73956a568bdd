import WireFormats

/// SignerIdentifier and RecipientIdentifier (RFC 5652 §5.3, §6.2.1), which are the same choice.
public enum CertificateIdentifier: Hashable, Sendable {
  /// The issuer's Name and the INTEGER's content octets, both as they came.
  case issuerAndSerialNumber(issuer: [UInt8], serial: [UInt8])
  case subjectKeyIdentifier([UInt8])

  /// The issuer and serial number of a certificate: what every client understands.
  public init(_ certificate: Certificate) {
    self.init(issuer: certificate.issuer, serial: certificate.serial)
  }

  public init(issuer: DistinguishedName, serial: SerialNumber) {
    let integer = DERWriter.build { $0.unsignedInteger(serial.bytes) }
    self = .issuerAndSerialNumber(issuer: issuer.encoded, serial: Array(integer.dropFirst(2)))
  }

  /// Whether it means this certificate.
  public func identifies(_ certificate: Certificate) -> Bool {
    switch self {
    case .issuerAndSerialNumber: self == CertificateIdentifier(certificate)
    case .subjectKeyIdentifier(let identifier): certificate.subjectKeyIdentifier == identifier
    }
  }

  var isKeyIdentifier: Bool { if case .subjectKeyIdentifier = self { true } else { false } }

  init(reading reader: inout DERReader) throws(DERError) {
    if let identifier = try reader.readOptional(DERTag.context(0)) {
      self = .subjectKeyIdentifier(Array(identifier.content))
    } else {
      self = try Self.issuerAndSerialNumber(&reader)
    }
  }

  static func issuerAndSerialNumber(_ reader: inout DERReader) throws(DERError) -> CertificateIdentifier {
    var pair = try reader.readSequence()
    let issuer = try pair.read(DERTag.sequence).encoded
    let serial = try pair.read(DERTag.integer).content
    try pair.finish()
    return .issuerAndSerialNumber(issuer: Array(issuer), serial: Array(serial))
  }

  func write(to writer: inout DERWriter) {
    switch self {
    case .issuerAndSerialNumber(let issuer, let serial):
      writer.sequence {
        $0.raw(issuer)
        $0.primitive(DERTag.integer, serial)
      }
    case .subjectKeyIdentifier(let identifier): writer.primitive(DERTag.context(0), identifier)
    }
  }
}

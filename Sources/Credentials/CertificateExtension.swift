import WireFormats

/// One extension (RFC 5280 §4.2).
public struct CertificateExtension: Hashable, Sendable {
  public let identifier: ObjectIdentifier
  public let critical: Bool
  /// What the OCTET STRING holds: the DER of the extension's own type.
  public let value: [UInt8]

  public init(identifier: ObjectIdentifier, critical: Bool, value: [UInt8]) {
    (self.identifier, self.critical, self.value) = (identifier, critical, value)
  }

  /// More extensions than any real certificate or request has.
  static let maximumCount = 64

  /// The whole `SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }`.
  public var encoded: [UInt8] { DERWriter.build(capacity: value.count + 24) { write(to: &$0) } }

  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.objectIdentifier(identifier)
      if critical { $0.boolean(true) }
      $0.octetString(value)
    }
  }

  init(_ reader: inout DERReader) throws(DERError) {
    var fields = try reader.readSequence()
    identifier = try fields.readObjectIdentifier()
    // DER leaves out a default, yet several clients write `critical FALSE`: both are read, and what is signed here
    // is encoded again.
    critical = fields.nextTag == DERTag.boolean ? try fields.readBoolean() : false
    value = Array(try fields.readOctetString())
    try fields.finish()
  }

  /// Extensions, `SEQUENCE SIZE (1..MAX) OF Extension`; an empty one is taken for none.
  ///
  /// RFC 5280 §4.2: no more than one instance of an extension.
  static func parseAll(_ encoded: ArraySlice<UInt8>) throws(ExtensionsError) -> [CertificateExtension] {
    do {
      var outer = DERReader(encoded)
      var reader = try outer.readSequence()
      try outer.finish()
      var result: [CertificateExtension] = []
      while !reader.isAtEnd {
        guard result.count < maximumCount else { throw DERError.tooLong }
        let next = try CertificateExtension(&reader)
        guard !result.contains(where: { $0.identifier == next.identifier }) else {
          throw ExtensionsError.duplicate(next.identifier)
        }
        result.append(next)
      }
      return result
    } catch let error as ExtensionsError {
      throw error
    } catch {
      throw .malformed(error as? DERError ?? .truncated)
    }
  }
}

/// Why a list of extensions is refused.
enum ExtensionsError: Error {
  case malformed(DERError)
  case duplicate(ObjectIdentifier)
}

import Credentials
import WireFormats

/// CRLStatus (RFC 9810 §5.3.19.17): which list a client has, and of when.
///
/// ```
/// CRLStatus ::= SEQUENCE { source CRLSource, thisUpdate Time OPTIONAL }
/// CRLSource ::= CHOICE { dpn [0] DistributionPointName, issuer [1] GeneralNames }
/// ```
struct CRLStatus: Sendable {
  enum Source: Sendable {
    case address(String)
    /// Name, DER.
    case issuer([UInt8])
  }

  let source: Source
  let thisUpdate: Instant?

  static func parseAll(_ encoded: [UInt8]) throws(DERError) -> [CRLStatus] {
    var outer = DERReader(encoded)
    var list = try outer.readSequence()
    try outer.finish()
    var statuses: [CRLStatus] = []
    while !list.isAtEnd {
      guard statuses.count < 8 else { throw .tooLong }
      statuses.append(try CRLStatus(&list))
    }
    return statuses
  }

  private init(_ reader: inout DERReader) throws(DERError) {
    var fields = try reader.readSequence()
    let choice = try fields.read()
    var inner = choice.reader
    switch choice.tag {
    case DERTag.contextConstructed(0):
      var names = try inner.read(DERTag.contextConstructed(0)).reader
      let name = try names.read(DERTag.context(6))
      source = .address(String(decoding: name.content.prefix(1024), as: UTF8.self))
    case DERTag.contextConstructed(1):
      var names = try inner.readSequence()
      source = .issuer(Array(try names.read(DERTag.contextConstructed(4)).content))
    default: throw .unexpectedTag(found: choice.tag, expected: DERTag.contextConstructed(0))
    }
    thisUpdate = fields.isAtEnd ? nil : try fields.readTime()
    try fields.finish()
  }
}

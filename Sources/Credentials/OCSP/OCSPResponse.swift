import WireFormats

/// OCSPResponseStatus (RFC 6960 §4.2.1), under the standard's names.
public enum OCSPResponseStatus: Int, Hashable, Sendable, CaseIterable {
  case successful = 0
  case malformedRequest = 1
  case internalError = 2
  case tryLater = 3
  case sigRequired = 5
  case unauthorized = 6

  /// The whole OCSPResponse of a failure, which is not signed (RFC 6960 §2.3).
  public var encodedResponse: [UInt8] {
    DERWriter.build(capacity: 8) { $0.sequence { $0.integer(rawValue, tag: DERTag.enumerated) } }
  }
}

/// Why bytes are not an OCSPResponse that is read here.
public enum OCSPResponseError: Error, Hashable, Sendable {
  case malformed(DERError)
  case unknownStatus(Int)
  /// A response type other than id-pkix-ocsp-basic.
  case unsupportedType(ObjectIdentifier)
  case duplicateExtension(ObjectIdentifier)
}

/// A parsed answer (RFC 6960 §4.2.1), for clients and tests.
public struct OCSPResponse: Sendable {
  public let status: OCSPResponseStatus
  /// Nil unless the status is successful.
  public let basic: OCSPBasicResponse?

  static let basicIdentifier = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 48, 1, 1])
  static let extendedRevokeIdentifier = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 48, 1, 9])

  public init(parsing encoded: [UInt8]) throws(OCSPResponseError) {
    do {
      try self.init(encoded)
    } catch let error as OCSPResponseError {
      throw error
    } catch {
      throw .malformed(error as? DERError ?? .truncated)
    }
  }

  private init(_ encoded: [UInt8]) throws {
    var outer = DERReader(encoded)
    var fields = try outer.readSequence()
    try outer.finish()
    let code = try fields.read(DERTag.enumerated).content
    guard code.count == 1, let value = code.first, let status = OCSPResponseStatus(rawValue: Int(value)) else {
      throw OCSPResponseError.unknownStatus(Int(code.first ?? 0))
    }
    self.status = status
    guard var explicit = try fields.readOptional(DERTag.contextConstructed(0))?.reader else {
      guard status != .successful else { throw DERError.truncated }
      try fields.finish()
      basic = nil
      return
    }
    try fields.finish()
    var bytes = try explicit.readSequence()
    try explicit.finish()
    let type = try bytes.readObjectIdentifier()
    guard type == Self.basicIdentifier else { throw OCSPResponseError.unsupportedType(type) }
    basic = try OCSPBasicResponse(bytes.readOctetString())
    try bytes.finish()
  }
}

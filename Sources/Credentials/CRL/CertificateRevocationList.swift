import WireFormats

/// Why bytes are not a CRL that is read here.
public enum CRLError: Error, Hashable, Sendable {
  case malformed(DERError)
  /// Not v2 (RFC 5280 §5.1.2.1).
  case unsupportedVersion
  /// The algorithm inside the signed part is not the one outside (RFC 5280 §5.1.1.2).
  case algorithmMismatch
  /// A serial number that is zero, negative or over 20 octets.
  case badSerial
  /// `revokedCertificates` is there and empty (RFC 5280 §5.1.2.6).
  case emptyList
  case duplicateExtension(ObjectIdentifier)
}

/// A parsed CRL (RFC 5280 §5.1).
///
/// ```
/// CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier,
///   signatureValue BIT STRING }
/// ```
public struct CertificateRevocationList: Sendable {
  public let encoded: [UInt8]
  /// What the signature covers.
  public let toBeSigned: ArraySlice<UInt8>
  /// Nil for an algorithm that is not known here.
  public let signatureAlgorithm: SignatureAlgorithm?
  public let signature: ArraySlice<UInt8>
  /// The issuer's Name, DER.
  public let issuer: [UInt8]
  public let thisUpdate: Instant
  /// RFC 5280 §5.1.2.5 demands it; foreign ones go without.
  public let nextUpdate: Instant?
  public let entries: [CRLEntry]
  public let extensions: [CertificateExtension]

  public init(parsing encoded: [UInt8]) throws(CRLError) {
    do {
      try self.init(encoded)
    } catch let error as CRLError {
      throw error
    } catch {
      throw .malformed(error as? DERError ?? .truncated)
    }
  }

  private init(_ encoded: [UInt8]) throws {
    var outer = DERReader(encoded)
    var list = try outer.readSequence()
    try outer.finish()
    let signed = try list.read(DERTag.sequence)
    let algorithm = try list.read(DERTag.sequence).encoded
    signature = try list.readOctetAlignedBitString()
    try list.finish()
    var fields = signed.reader
    guard fields.nextTag == DERTag.integer, try fields.readSmallInteger() == 1 else {
      throw CRLError.unsupportedVersion
    }
    guard try fields.read(DERTag.sequence).encoded == algorithm else { throw CRLError.algorithmMismatch }
    issuer = Array(try fields.read(DERTag.sequence).encoded)
    thisUpdate = try fields.readTime()
    let isTime = fields.nextTag == DERTag.utcTime || fields.nextTag == DERTag.generalizedTime
    nextUpdate = isTime ? try fields.readTime() : nil
    entries = try Self.entries(fields.readOptional(DERTag.sequence))
    extensions = try Self.extensions(fields.readOptional(DERTag.contextConstructed(0)))
    try fields.finish()
    (self.encoded, toBeSigned) = (encoded, signed.encoded)
    signatureAlgorithm = SignatureAlgorithm(algorithmIdentifier: algorithm)
  }

  private static func entries(_ list: DERElement?) throws -> [CRLEntry] {
    guard var reader = list?.reader else { return [] }
    guard !reader.isAtEnd else { throw CRLError.emptyList }
    var entries: [CRLEntry] = []
    while !reader.isAtEnd { entries.append(try entry(&reader)) }
    return entries
  }

  private static func entry(_ reader: inout DERReader) throws -> CRLEntry {
    var fields = try reader.readSequence()
    guard let serial = SerialNumber(integerContent: try fields.readIntegerBytes()) else { throw CRLError.badSerial }
    let revokedAt = try fields.readTime()
    var reason: RevocationReason?
    if fields.nextTag == DERTag.sequence {
      for item in try parsed(fields.read().encoded) where item.identifier == ExtensionID.reasonCode {
        var value = DERReader(item.value)
        reason = RevocationReason(rawValue: Int(try value.read(DERTag.enumerated).content.first ?? 0))
        try value.finish()
      }
    }
    try fields.finish()
    return CRLEntry(serial: serial, revokedAt: revokedAt, reason: reason)
  }

  private static func extensions(_ explicit: DERElement?) throws -> [CertificateExtension] {
    guard let explicit else { return [] }
    return try parsed(explicit.content)
  }

  private static func parsed(_ encoded: ArraySlice<UInt8>) throws(CRLError) -> [CertificateExtension] {
    do {
      return try CertificateExtension.parseAll(encoded)
    } catch {
      switch error {
      case .malformed(let reason): throw .malformed(reason)
      case .duplicate(let identifier): throw .duplicateExtension(identifier)
      }
    }
  }
}

extension CertificateRevocationList {
  /// The CRLNumber (RFC 5280 §5.2.3) as big-endian octets, at most 20; nil without the extension.
  public var numberOctets: [UInt8]? {
    guard var reader = value(of: ExtensionID.crlNumber) else { return nil }
    guard let content = try? reader.readIntegerBytes(), reader.isAtEnd, content.count <= 20, let first = content.first,
      first < 0x80
    else { return nil }
    return Array(content)
  }

  /// The CRLNumber, when it is there and fits.
  public var number: Int64? {
    // Its first octet is under 0x80, so that eight of them fit.
    guard let octets = numberOctets, octets.count <= 8 else { return nil }
    return octets.reduce(0) { $0 << 8 | Int64($1) }
  }

  /// The authority's key identifier (RFC 5280 §5.2.1), when it is given by key identifier.
  public var authorityKeyIdentifier: [UInt8]? {
    guard var outer = value(of: ExtensionID.authorityKeyIdentifier) else { return nil }
    guard var fields = try? outer.readSequence(), let identifier = try? fields.readOptional(DERTag.context(0)) else {
      return nil
    }
    return Array(identifier.content)
  }

  private func value(of identifier: ObjectIdentifier) -> DERReader? {
    extensions.first { $0.identifier == identifier }.map { DERReader($0.value) }
  }

  /// RFC 5280 §5.2: a CRL with a critical extension that is not understood says nothing about any certificate.
  public var criticalExtensions: [ObjectIdentifier] { extensions.filter(\.critical).map(\.identifier) }

  public func entry(for serial: SerialNumber) -> CRLEntry? { entries.first { $0.serial == serial } }

  /// Whether the key made the signature. Says nothing about names or times.
  public func isSigned(by key: SubjectPublicKeyInfo) -> Bool {
    guard let signatureAlgorithm else { return false }
    return key.isValidSignature(signature, over: toBeSigned, algorithm: signatureAlgorithm)
  }
}

import WireFormats

/// Where a certificate says that its status and its issuer can be asked: CRLDistributionPoints (RFC 5280 §4.2.1.13)
/// and AuthorityInfoAccess (§4.2.2.1).
public struct StatusAddresses: Hashable, Sendable {
  public var revocationLists: [String] = []
  public var responders: [String] = []
  public var issuers: [String] = []

  /// Whether nothing is stated.
  public var isEmpty: Bool { revocationLists.isEmpty && responders.isEmpty && issuers.isEmpty }

  init(_ extensions: [CertificateExtension]) throws(DERError) {
    for item in extensions {
      if item.identifier == ExtensionID.crlDistributionPoints {
        revocationLists = try Self.distributionPoints(item.value[...])
      } else if item.identifier == ExtensionID.authorityInformationAccess {
        try readAccess(item.value[...])
      }
    }
  }

  /// The URIs of every point's full name. Names relative to an issuer, and reasons, are passed over.
  private static func distributionPoints(_ value: ArraySlice<UInt8>) throws(DERError) -> [String] {
    var outer = DERReader(value)
    var points = try outer.readSequence()
    try outer.finish()
    var addresses: [String] = []
    repeat {
      guard addresses.count < GeneralName.maximumCount else { throw .tooLong }
      var point = try points.readSequence()
      guard var name = try point.readOptional(DERTag.contextConstructed(0))?.reader,
        var full = try name.readOptional(DERTag.contextConstructed(0))?.reader
      else { continue }
      while !full.isAtEnd {
        if case .uri(let address) = try GeneralName(parsing: full.read()) { addresses.append(address) }
      }
    } while !points.isAtEnd
    return addresses
  }

  private mutating func readAccess(_ value: ArraySlice<UInt8>) throws(DERError) {
    var outer = DERReader(value)
    var descriptions = try outer.readSequence()
    try outer.finish()
    repeat {
      guard responders.count + issuers.count < GeneralName.maximumCount else { throw .tooLong }
      var description = try descriptions.readSequence()
      let method = try description.readObjectIdentifier()
      let location = try GeneralName(parsing: description.read())
      try description.finish()
      guard case .uri(let address) = location else { continue }
      if method == AccessMethod.ocsp { responders.append(address) }
      if method == AccessMethod.caIssuers { issuers.append(address) }
    } while !descriptions.isAtEnd
  }
}

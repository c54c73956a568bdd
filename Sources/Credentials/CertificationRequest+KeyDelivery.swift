import WireFormats

/// How a client wants a private key that is made for it encrypted on its way (RFC 7030 §4.4.1).
public enum PrivateKeyProtection: Hashable, Sendable {
  /// By TLS alone.
  case transport
  /// To a key that both know, by its identifier (§4.4.1.1).
  case symmetric([UInt8])
  /// To a public key of the client's, by its identifier (§4.4.1.2).
  case asymmetric([UInt8])
}

extension CertificationRequest {
  /// id-aa-decryptKeyID and id-aa-asymmDecryptKeyID.
  private static let decryptKeyIdentifier = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 2, 37])
  private static let asymmetricDecryptKeyIdentifier = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 2, 54])

  /// What the request's attributes say. Throws for attributes that cannot be read, and for both kinds at once.
  public func privateKeyProtection() throws(DERError) -> PrivateKeyProtection {
    let wanted = [Self.decryptKeyIdentifier, Self.asymmetricDecryptKeyIdentifier]
    guard unknownAttributes.contains(where: wanted.contains) else { return .transport }
    let symmetric = try attributeOctets(Self.decryptKeyIdentifier)
    let asymmetric = try attributeOctets(Self.asymmetricDecryptKeyIdentifier)
    switch (symmetric, asymmetric) {
    case (let key?, nil): return .symmetric(key)
    case (nil, let key?): return .asymmetric(key)
    case (nil, nil): return .transport
    case (_?, _?): throw .tooLong
    }
  }

  /// The one value, an OCTET STRING, of an attribute; nil where it is not there.
  private func attributeOctets(_ type: ObjectIdentifier) throws(DERError) -> [UInt8]? {
    var outer = DERReader(encoded)
    var request = try outer.readSequence()
    var information = try request.readSequence()
    _ = try information.readSmallInteger()
    _ = try information.read(DERTag.sequence)
    _ = try information.read(DERTag.sequence)
    guard var attributes = try information.readOptional(DERTag.contextConstructed(0))?.reader else { return nil }
    while !attributes.isAtEnd {
      var attribute = try attributes.readSequence()
      guard try attribute.readObjectIdentifier() == type else { continue }
      var values = try attribute.read(DERTag.set).reader
      let octets = Array(try values.readOctetString())
      try values.finish()
      return octets
    }
    return nil
  }
}

import WireFormats

extension RequestedCertificate {
  /// What asks for a key besides (RFC 9483 §4.1.6): no key stands in it, and so no proof that somebody holds one.
  ///
  /// - Parameters:
  ///   - encoded: the request's own octets, as received.
  ///   - algorithm: the kind of key that is to be made. A key of that kind that everybody knows stands in its place, which
  ///     nobody certifies: `proof` shows nothing.
  ///   - extensionList: `SEQUENCE OF Extension`, DER; nil for none.
  public init(
    keyless encoded: [UInt8], subject: DistinguishedName, algorithm: KeyAlgorithm, extensionList: ArraySlice<UInt8>?
  ) throws(CertificationRequestError) {
    try self.init(
      encoded: encoded, subject: subject, publicKey: try Self.standIn(algorithm), extensionList: extensionList,
      proof: .keyless)
  }

  /// The same request for a key of another kind, which is to be made as well.
  public func keyless(_ algorithm: KeyAlgorithm) throws(CertificationRequestError) -> RequestedCertificate {
    try RequestedCertificate(
      encoded: encoded, subject: subject, publicKey: try Self.standIn(algorithm), extensions: extensions,
      proof: .keyless)
  }

  /// A generator of the curve, or a modulus of nothing but ones.
  private static func standIn(_ algorithm: KeyAlgorithm) throws(CertificationRequestError) -> SubjectPublicKeyInfo {
    do throws(PublicKeyError) {
      return try SubjectPublicKeyInfo(parsing: encodedStandIn(algorithm))
    } catch {
      throw .publicKey(error)
    }
  }

  private static func encodedStandIn(_ algorithm: KeyAlgorithm) -> [UInt8] {
    let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
    return switch algorithm {
    case .p256: info([ecPublicKey, ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7])], key: p256Generator)
    case .p384: info([ecPublicKey, ObjectIdentifier([1, 3, 132, 0, 34])], key: p384Generator)
    case .ed25519: info([SignatureAlgorithm.ed25519.identifier], key: [0x58] + [UInt8](repeating: 0x66, count: 31))
    case .rsa2048: rsa(bits: 2048)
    case .rsa3072: rsa(bits: 3072)
    case .rsa4096: rsa(bits: 4096)
    }
  }

  private static func info(_ algorithm: [ObjectIdentifier], key: [UInt8], null: Bool = false) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          for identifier in algorithm { $0.objectIdentifier(identifier) }
          if null { $0.null() }
        }
        $0.bitString(key)
      }
    }
  }

  private static func rsa(bits: Int) -> [UInt8] {
    let key = DERWriter.build {
      $0.sequence {
        $0.unsignedInteger([UInt8](repeating: 0xFF, count: bits / 8))
        $0.integer(65537)
      }
    }
    return info([ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])], key: key, null: true)
  }

  // SEC 2, 2.4.2 and 2.5.1: G, uncompressed.
  private static let p256Generator: [UInt8] =
    [0x04]
    + [
      0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D,
      0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96,
    ]
    + [
      0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33,
      0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
    ]
  private static let p384Generator: [UInt8] =
    [0x04]
    + [
      0xAA, 0x87, 0xCA, 0x22, 0xBE, 0x8B, 0x05, 0x37, 0x8E, 0xB1, 0xC7, 0x1E, 0xF3, 0x20, 0xAD, 0x74, 0x6E, 0x1D, 0x3B,
      0x62, 0x8B, 0xA7, 0x9B, 0x98, 0x59, 0xF7, 0x41, 0xE0, 0x82, 0x54, 0x2A, 0x38, 0x55, 0x02, 0xF2, 0x5D, 0xBF, 0x55,
      0x29, 0x6C, 0x3A, 0x54, 0x5E, 0x38, 0x72, 0x76, 0x0A, 0xB7,
    ]
    + [
      0x36, 0x17, 0xDE, 0x4A, 0x96, 0x26, 0x2C, 0x6F, 0x5D, 0x9E, 0x98, 0xBF, 0x92, 0x92, 0xDC, 0x29, 0xF8, 0xF4, 0x1D,
      0xBD, 0x28, 0x9A, 0x14, 0x7C, 0xE9, 0xDA, 0x31, 0x13, 0xB5, 0xF0, 0xB8, 0xC0, 0x0A, 0x60, 0xB1, 0xCE, 0x1D, 0x7E,
      0x81, 0x9D, 0x7A, 0x43, 0x1D, 0x7C, 0x90, 0xEA, 0x0E, 0x5F,
    ]
}

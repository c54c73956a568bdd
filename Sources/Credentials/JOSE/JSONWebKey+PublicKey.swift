import Crypto
import WireFormats

extension JSONWebKey {
  /// The key as certificates carry it, checked as theirs are: points on their curve, RSA of 2048 bits or more.
  public func publicKey() throws(PublicKeyError) -> SubjectPublicKeyInfo {
    switch self {
    case .ec(let curve, let x, let y): try SubjectPublicKeyInfo(parsing: Self.encoded(curve, x: x, y: y))
    case .ed25519(let x): try SubjectPublicKeyInfo(ed25519: x)
    case .rsa(let n, let e): try SubjectPublicKeyInfo(parsing: Self.encoded(n: n, e: e))
    }
  }

  /// RFC 7638: SHA-256 over the required members, 32 octets.
  public var thumbprint: [UInt8] { SHA256.hash(data: thumbprintInput).withUnsafeBytes { Array($0) } }

  private static func encoded(_ curve: Curve, x: [UInt8], y: [UInt8]) -> [UInt8] {
    let name =
      switch curve {
      case .p256: ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7])
      case .p384: ObjectIdentifier([1, 3, 132, 0, 34])
      }
    return DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 2, 1]))
          $0.objectIdentifier(name)
        }
        $0.primitive(DERTag.bitString, [0x00, 0x04] + x + y)
      }
    }
  }

  private static func encoded(n: [UInt8], e: [UInt8]) -> [UInt8] {
    let key = DERWriter.build {
      $0.sequence {
        $0.unsignedInteger(n)
        $0.unsignedInteger(e)
      }
    }
    return DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]))
          $0.primitive(DERTag.null, [])
        }
        $0.primitive(DERTag.bitString, [0x00] + key)
      }
    }
  }
}

extension FlattenedJWS {
  /// Whether this key signed it. False also where the header's algorithm is not the key's: RFC 7518 §3.4 ties each curve
  /// to one hash, and a MAC is no signature.
  public func isSigned(by key: SubjectPublicKeyInfo) -> Bool {
    switch (header.algorithm, key.algorithm) {
    case (.es256, .p256): isECDSA(by: key, .ecdsaWithSHA256, coordinate: 32)
    case (.es384, .p384): isECDSA(by: key, .ecdsaWithSHA384, coordinate: 48)
    case (.edDSA, .ed25519): key.isValidSignature(signature, over: signingInput, algorithm: .ed25519)
    case (.rs256, .rsa2048), (.rs256, .rsa3072), (.rs256, .rsa4096):
      key.isValidSignature(signature, over: signingInput, algorithm: .rsaPKCS1WithSHA256)
    default: false
    }
  }

  /// RFC 7518 §3.4: r‖s, each as wide as the curve, where certificates have DER.
  private func isECDSA(by key: SubjectPublicKeyInfo, _ algorithm: SignatureAlgorithm, coordinate: Int) -> Bool {
    guard signature.count == 2 * coordinate, let value = ECDSASignatureValue.encode(raw: signature) else {
      return false
    }
    return key.isValidSignature(value, over: signingInput, algorithm: algorithm)
  }

  /// Whether whoever made it holds the MAC key (RFC 8555 §7.3.4), compared in constant time.
  public func isAuthenticated(withKey key: [UInt8]) -> Bool {
    guard header.algorithm == .hs256 else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(
      signature, authenticating: signingInput, using: SymmetricKey(data: key))
  }
}

import CPKCS11
import Credentials
import WireFormats

extension TokenSession {
  /// A public key object, as X.509 carries it.
  package func publicKey(_ algorithm: KeyAlgorithm, _ object: CK_OBJECT_HANDLE) throws(TokenError)
    -> SubjectPublicKeyInfo
  {
    let encoded: [UInt8]
    switch KeyMaking(algorithm).parameters {
    case .modulus:
      guard let modulus = try attribute(CKA.modulus, of: object),
        let exponent = try attribute(CKA.publicExponent, of: object)
      else { throw .refused("the token does not show the public key that it made") }
      encoded = Self.rsa(modulus, exponent)
    case .curve(let parameters):
      guard let value = try attribute(CKA.ecPoint, of: object) else {
        throw .refused("the token does not show the public key that it made")
      }
      encoded = Self.curve(algorithm, parameters, Self.point(value))
    }
    guard let key = try? SubjectPublicKeyInfo(parsing: encoded), key.algorithm == algorithm else {
      throw .refused("the public key that the token made cannot be read")
    }
    return key
  }

  /// PKCS #11 §2.3.3: the point inside an OCTET STRING; older tokens give it bare.
  private static func point(_ value: [UInt8]) -> [UInt8] {
    var reader = DERReader(value)
    guard let inner = try? reader.readOctetString(), reader.isAtEnd else { return value }
    return Array(inner)
  }

  private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
    let key = DERWriter.build(capacity: modulus.count + 32) {
      $0.sequence {
        $0.unsignedInteger(modulus)
        $0.unsignedInteger(exponent)
      }
    }
    return info(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]), parameters: [0x05, 0x00], key)
  }

  private static func curve(_ algorithm: KeyAlgorithm, _ parameters: [UInt8], _ point: [UInt8]) -> [UInt8] {
    algorithm == .ed25519
      ? info(ObjectIdentifier([1, 3, 101, 112]), parameters: [], point)
      : info(ObjectIdentifier([1, 2, 840, 10045, 2, 1]), parameters: parameters, point)
  }

  private static func info(_ algorithm: ObjectIdentifier, parameters: [UInt8], _ key: [UInt8]) -> [UInt8] {
    DERWriter.build(capacity: key.count + 64) {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(algorithm)
          $0.raw(parameters)
        }
        $0.bitString(key)
      }
    }
  }
}

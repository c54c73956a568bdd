import Credentials
import WireFormats

extension TPMPublicArea.Parameters {
  /// As SubjectPublicKeyInfo, by the rules for every key here: points on their curve, RSA of 2048 bits at least.
  func publicKey() throws(TPMStructureError) -> SubjectPublicKeyInfo {
    do {
      return try SubjectPublicKeyInfo(parsing: encoded)
    } catch {
      throw .badValue
    }
  }

  private var encoded: [UInt8] {
    switch self {
    case .rsa(_, let exponent, let modulus): Self.encode(modulus: modulus, exponent: exponent == 0 ? 65_537 : exponent)
    case .ecc(let curve, let x, let y): Self.encode(curve, point: [4] + curve.padded(x) + curve.padded(y))
    }
  }

  private static func encode(modulus: [UInt8], exponent: UInt32) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1]))
          $0.null()
        }
        $0.bitString(
          DERWriter.build {
            $0.sequence {
              $0.unsignedInteger(modulus)
              $0.unsignedInteger(TPMWriter.build { $0.integer(exponent) })
            }
          })
      }
    }
  }

  private static func encode(_ curve: TPMCurve, point: [UInt8]) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 2, 1]))
          $0.objectIdentifier(
            curve == .p256 ? ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7]) : ObjectIdentifier([1, 3, 132, 0, 34]))
        }
        $0.bitString(point)
      }
    }
  }
}

extension TPMCurve {
  /// A coordinate at its full width: some TPMs leave out leading zeros.
  func padded(_ value: [UInt8]) -> [UInt8] {
    [UInt8](repeating: 0, count: max(0, coordinate - value.count)) + value
  }
}

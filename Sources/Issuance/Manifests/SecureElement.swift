import Credentials
import WireFormats

/// What a manifest's entry says of one secure element (Microchip, Trust Platform Manifest File Format, §2.5).
public struct SecureElement: Decodable, Hashable, Sendable {
  /// Hexadecimal: the element's own serial.
  public let uniqueID: String
  public let model: String?
  public let partNumber: String?
  public let group: String?
  public let manufacturer: Name?
  public let keys: KeySet

  public struct Name: Decodable, Hashable, Sendable {
    public let organizationName: String?
  }

  public struct KeySet: Decodable, Hashable, Sendable {
    public let keys: [PublicJWK]
  }

  /// RFC 7517, an elliptic curve's key; others are passed over.
  public struct PublicJWK: Decodable, Hashable, Sendable {
    public let kid: String?
    public let kty: String
    public let crv: String?
    public let x: String?
    public let y: String?
  }

  enum CodingKeys: String, CodingKey {
    case uniqueID = "uniqueId"
    case model, partNumber
    case group = "groupId"
    case manufacturer
    case keys = "publicKeySet"
  }

  /// The key under this `kid`, which names the element's slot.
  ///
  /// - Throws: where there is none, or it is not on P-256.
  public func publicKey(_ kid: String) throws(ManifestError) -> SubjectPublicKeyInfo {
    guard let key = keys.keys.first(where: { $0.kid == kid }) else { throw ManifestError("it has no key \(kid)") }
    guard key.kty == "EC", key.crv == "P-256", let x = Self.coordinate(key.x), let y = Self.coordinate(key.y) else {
      throw ManifestError("its key \(kid) is not on P-256")
    }
    do { return try SubjectPublicKeyInfo(parsing: Self.encoded(x, y)) } catch {
      throw ManifestError("its key \(kid) is not a point of P-256")
    }
  }

  /// 32 octets. Some writers leave leading zeros out.
  private static func coordinate(_ text: String?) -> [UInt8]? {
    guard let text, let octets = Base64.decodeURL(text.utf8), !octets.isEmpty, octets.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - octets.count) + octets
  }

  private static func encoded(_ x: [UInt8], _ y: [UInt8]) -> [UInt8] {
    DERWriter.build { writer in
      writer.sequence { info in
        info.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 2, 1]))
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7]))
        }
        info.bitString([0x04] + x + y)
      }
    }
  }
}

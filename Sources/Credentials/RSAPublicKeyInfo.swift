import WireFormats
import _CryptoExtras

/// An RSA key in a SubjectPublicKeyInfo (RFC 3279 §2.3.1), and the reason why any other key is refused.
struct RSAPublicKeyInfo {
  let algorithm: KeyAlgorithm
  let key: _RSA.Signing.PublicKey
  let keyOffset: Int

  private static let rsaEncryption = ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])
  private static let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
  private static let namedCurves = [
    ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7]), ObjectIdentifier([1, 3, 132, 0, 34]),
  ]

  init(parsing encoded: [UInt8]) throws(PublicKeyError) {
    let octets: ArraySlice<UInt8>
    do { octets = try Self.keyOctets(encoded) } catch let error as PublicKeyError { throw error } catch {
      throw .malformed
    }
    let numbers: (modulus: ArraySlice<UInt8>, exponent: ArraySlice<UInt8>)
    do { numbers = try Self.numbers(octets) } catch { throw .malformed }
    algorithm = try Self.strength(modulus: numbers.modulus, exponent: numbers.exponent)
    do { key = try _RSA.Signing.PublicKey(n: Array(numbers.modulus), e: Array(numbers.exponent)) } catch {
      throw .malformed
    }
    keyOffset = octets.startIndex
  }

  /// Checks the algorithm and returns the BIT STRING's octets.
  private static func keyOctets(_ encoded: [UInt8]) throws -> ArraySlice<UInt8> {
    var outer = DERReader(encoded)
    var info = try outer.readSequence()
    try outer.finish()
    var identifier = try info.readSequence()
    let algorithm = try identifier.readObjectIdentifier()
    guard algorithm == rsaEncryption else {
      guard algorithm == ecPublicKey else { throw PublicKeyError.unsupported(algorithm) }
      // Explicit parameters are no OBJECT IDENTIFIER: malformed by RFC 5480 §2.1.1. A compressed point lands here too.
      let curve = try identifier.readObjectIdentifier()
      throw namedCurves.contains(curve) ? PublicKeyError.malformed : .unsupported(curve)
    }
    // RFC 3279 §2.3.1: the parameters MUST be NULL.
    guard try identifier.read(DERTag.null).content.isEmpty else { throw PublicKeyError.malformed }
    try identifier.finish()
    let octets = try info.readOctetAlignedBitString()
    try info.finish()
    return octets
  }

  private static func numbers(_ octets: ArraySlice<UInt8>) throws(DERError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    var outer = DERReader(octets)
    var key = try outer.readSequence()
    try outer.finish()
    let modulus = try key.readIntegerBytes()
    let exponent = try key.readIntegerBytes()
    try key.finish()
    guard let first = modulus.first, let second = exponent.first, first < 0x80, second < 0x80 else {
      throw .badInteger
    }
    return (modulus.drop { $0 == 0 }, exponent.drop { $0 == 0 })
  }

  private static func strength(
    modulus: ArraySlice<UInt8>, exponent: ArraySlice<UInt8>
  ) throws(PublicKeyError) -> KeyAlgorithm {
    guard let top = modulus.first, let last = modulus.last, last & 1 == 1 else { throw .malformed }
    let bits = modulus.count * 8 - top.leadingZeroBitCount
    guard bits >= 2048 else { throw .tooWeak("RSA-\(bits)") }
    // FIPS 186-5 §5.1 (also BR §6.1.6): an odd exponent over 2^16, and under 2^33, which bounds a verification.
    let value = exponent.count <= 8 ? exponent.reduce(0) { $0 << 8 | UInt64($1) } : .max
    guard value > 65_536, value & 1 == 1 else { throw .tooWeak("RSA with the exponent \(value)") }
    guard value < 1 << 33 else { throw .unsupported(rsaEncryption) }
    guard !ROCA.matches(modulus) else { throw .tooWeak("RSA with the ROCA flaw (CVE-2017-15361)") }
    switch bits {
    case 2048: return .rsa2048
    case 3072: return .rsa3072
    case 4096: return .rsa4096
    default: throw .unsupported(rsaEncryption)
    }
  }
}

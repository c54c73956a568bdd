import Credentials
import WireFormats

/// Algorithms by name, also those that nothing here can use.
package enum AlgorithmText {
  /// A SubjectPublicKeyInfo's algorithm with its curve or size: `P-256`, `RSA 1024 bits`, `ML-DSA-65`, or the identifier.
  package static func key(_ info: [UInt8]) -> String {
    if let known = try? SubjectPublicKeyInfo(parsing: info) { return known.algorithm.rawValue }
    var outer = DERReader(info)
    guard var fields = try? outer.readSequence(), var algorithm = try? fields.readSequence(),
      let identifier = try? algorithm.readObjectIdentifier()
    else { return "unreadable" }
    if let curve = try? algorithm.readObjectIdentifier() { return name(curve) }
    guard identifier == rsaEncryption, let bits = try? modulusBits(&fields) else { return name(identifier) }
    return "RSA \(bits) bits"
  }

  /// The signature algorithm of a signed structure: a certificate, a request or a CRL.
  package static func signature(_ signed: [UInt8]) -> String {
    var outer = DERReader(signed)
    guard var fields = try? outer.readSequence(), (try? fields.read()) != nil,
      var algorithm = try? fields.readSequence(), let identifier = try? algorithm.readObjectIdentifier()
    else { return "unreadable" }
    return name(identifier)
  }

  private static let rsaEncryption = ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])

  private static func modulusBits(_ fields: inout DERReader) throws(DERError) -> Int {
    var key = DERReader(try fields.readOctetAlignedBitString())
    var numbers = try key.readSequence()
    let modulus = try numbers.readIntegerBytes().drop { $0 == 0 }
    return modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
  }

  private static func name(_ identifier: ObjectIdentifier) -> String {
    let dotted = identifier.description
    return names[dotted].map { "\($0)" } ?? dotted
  }

  private static let names = [
    "1.2.840.10045.4.3.1": "ECDSA with SHA-224", "1.2.840.10045.4.3.2": "ECDSA with SHA-256",
    "1.2.840.10045.4.3.3": "ECDSA with SHA-384", "1.2.840.10045.4.3.4": "ECDSA with SHA-512",
    "1.2.840.10045.4.1": "ECDSA with SHA-1", "1.2.840.10040.4.1": "DSA", "1.2.840.10040.4.3": "DSA with SHA-1",
    "1.2.840.113549.1.1.1": "RSA", "1.2.840.113549.1.1.4": "RSA with MD5", "1.2.840.113549.1.1.5": "RSA with SHA-1",
    "1.2.840.113549.1.1.10": "RSA-PSS", "1.2.840.113549.1.1.11": "RSA with SHA-256",
    "1.2.840.113549.1.1.12": "RSA with SHA-384", "1.2.840.113549.1.1.13": "RSA with SHA-512",
    "1.2.840.10045.3.1.1": "P-192", "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.33": "P-224", "1.3.132.0.34": "P-384",
    "1.3.132.0.35": "P-521", "1.3.132.0.10": "secp256k1", "1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1",
    "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1", "1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1", "1.3.101.110": "X25519",
    "1.3.101.111": "X448", "1.3.101.112": "Ed25519", "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44", "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87", "2.16.840.1.101.3.4.3.20": "SLH-DSA-SHA2-128s",
    "2.16.840.1.101.3.4.4.1": "ML-KEM-512", "2.16.840.1.101.3.4.4.2": "ML-KEM-768",
    "2.16.840.1.101.3.4.4.3": "ML-KEM-1024",
  ]
}

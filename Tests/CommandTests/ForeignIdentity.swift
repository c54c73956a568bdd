import Credentials
import Crypto
import TestKit
import WireFormats

/// A self-signed certificate and its key as the files that `--identity` names, made without any server.
enum ForeignIdentity {
  static func write(to folder: TemporaryFolder) throws {
    let key = P256.Signing.PrivateKey()
    let certificate = PEM(label: "CERTIFICATE", bytes: try certificate(key)).text
    try folder.write("admin.pem", certificate)
    try folder.write("root.pem", certificate)
    try folder.write("admin.key", key.pemRepresentation + "\n")
  }

  /// A certificate whose key and signature are of an algorithm that nothing here can use; neither is a real one.
  static func certificate(ofAlgorithm algorithm: ObjectIdentifier) -> [UInt8] {
    let identifier = DERWriter.build { $0.sequence { $0.objectIdentifier(algorithm) } }
    let key = DERWriter.build { writer in
      writer.sequence {
        $0.raw(identifier)
        $0.bitString([1, 2, 3])
      }
    }
    let signed = toBeSigned(algorithm: identifier, key: key)
    return DERWriter.build { writer in
      writer.sequence {
        $0.raw(signed)
        $0.raw(identifier)
        $0.bitString([4, 5, 6])
      }
    }
  }

  private static func certificate(_ key: P256.Signing.PrivateKey) throws -> [UInt8] {
    let algorithm = SignatureAlgorithm.ecdsaWithSHA256
    let signed = toBeSigned(algorithm: algorithm.algorithmIdentifier, key: Array(key.publicKey.derRepresentation))
    return CertificationRequest.assemble(
      signed, algorithm: algorithm, signature: Array(try key.signature(for: signed).derRepresentation))
  }

  private static func toBeSigned(algorithm: [UInt8], key: [UInt8]) -> [UInt8] {
    let name = DistinguishedName([.init(type: AttributeType.commonName, value: "nobody")])
    return DERWriter.build { writer in
      writer.sequence {
        $0.constructed(DERTag.contextConstructed(0)) { $0.integer(2) }
        $0.integer(1)
        $0.raw(algorithm)
        $0.raw(name.encoded)
        $0.sequence {
          $0.time(Instant(seconds: 1_700_000_000))
          $0.time(Instant(seconds: 2_500_000_000))
        }
        $0.raw(name.encoded)
        $0.raw(key)
      }
    }
  }
}

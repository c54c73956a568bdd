import Credentials
import KeyCustody
import TestKit
import WireFormats

/// A certificate with whatever in it: what our own templates would refuse to make.
struct ForgedCertificate {
  var version = 3
  var name: String
  var extensions: [CertificateExtension]
  var notBefore = Instant.present - .days(1)
  var notAfter = Instant.present + .days(1)
  var key: SoftwareKey
  /// What is changed in the signature's last octet.
  var damage: UInt8 = 0

  static func authority(
    _ name: String, key: SoftwareKey? = nil, pathLength: Int? = nil, adding more: [CertificateExtension] = []
  ) throws -> ForgedCertificate {
    ForgedCertificate(
      name: name,
      extensions: [
        .basicConstraints(isAuthority: true, pathLength: pathLength), .keyUsage([.keyCertSign, .cRLSign]),
      ] + more, key: try key ?? SoftwareKey.generate(.p256))
  }

  static func leaf(
    _ name: String = "leaf", key: SoftwareKey? = nil, adding more: [CertificateExtension] = []
  ) throws -> ForgedCertificate {
    ForgedCertificate(
      name: name,
      extensions: [.keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.clientAuth])] + more,
      key: try key ?? SoftwareKey.generate(.p256))
  }

  func changed(_ change: (inout ForgedCertificate) -> Void) -> ForgedCertificate {
    var copy = self
    change(&copy)
    return copy
  }

  var subject: DistinguishedName { DistinguishedName([.init(type: AttributeType.commonName, value: name)]) }

  /// - Parameter keyIdentifier: What AuthorityKeyIdentifier says; nil for what is right, empty for no such extension.
  func signed(by issuer: ForgedCertificate, keyIdentifier: [UInt8]? = nil) throws -> [UInt8] {
    let authority = keyIdentifier ?? issuer.key.publicKey.keyIdentifier
    let identifiers =
      authority.isEmpty
      ? []
      : [
        CertificateExtension.subjectKeyIdentifier(key.publicKey.keyIdentifier), .authorityKeyIdentifier(authority),
      ]
    var random = SystemRandomNumberGenerator()
    let serial = SerialNumber(at: .present, random: &random)
    let algorithm = issuer.key.algorithm.algorithmIdentifier
    let toBeSigned = DERWriter.build {
      $0.sequence {
        if version > 1 { $0.constructed(DERTag.contextConstructed(0)) { $0.integer(version - 1) } }
        $0.unsignedInteger(serial.bytes)
        $0.raw(algorithm)
        $0.raw(issuer.subject.encoded)
        $0.sequence {
          $0.time(notBefore)
          $0.time(notAfter)
        }
        $0.raw(subject.encoded)
        $0.raw(key.publicKey.encoded)
        if version == 3 {
          $0.constructed(DERTag.contextConstructed(3)) {
            $0.sequence { for item in extensions + identifiers { $0.raw(item.encoded) } }
          }
        }
      }
    }
    var signature = try issuer.key.signature(over: toBeSigned)
    if let last = signature.indices.last { signature[last] ^= damage }
    return DERWriter.build {
      $0.sequence {
        $0.raw(toBeSigned)
        $0.raw(algorithm)
        $0.bitString(signature)
      }
    }
  }
}

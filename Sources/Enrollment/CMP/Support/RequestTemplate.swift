import Credentials
import WireFormats

/// CertReqTemplateContent (RFC 9810 §5.3.19.16): what to ask for, and with which keys.
public struct RequestTemplate: Sendable {
  public let subject: DistinguishedName?
  public let extensions: [CertificateExtension]
  public let keys: [KeyAlgorithm]

  public init(subject: DistinguishedName?, extensions: [CertificateExtension], keys: [KeyAlgorithm]) {
    (self.subject, self.extensions, self.keys) = (subject, extensions, keys)
  }

  var encoded: [UInt8] {
    DERWriter.build {
      $0.sequence {
        CertTemplate.write(subject: subject, extensions: extensions, to: &$0)
        guard !keys.isEmpty else { return }
        $0.sequence { for key in keys { Self.write(key, to: &$0) } }
      }
    }
  }

  /// RFC 9810 §5.3.19.16: id-regCtrl-algId with a key's AlgorithmIdentifier, id-regCtrl-rsaKeyLen with its size.
  private static func write(_ key: KeyAlgorithm, to writer: inout DERWriter) {
    let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
    switch key {
    case .p256: algorithm([ecPublicKey, ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7])], to: &writer)
    case .p384: algorithm([ecPublicKey, ObjectIdentifier([1, 3, 132, 0, 34])], to: &writer)
    case .ed25519: algorithm([SignatureAlgorithm.ed25519.identifier], to: &writer)
    case .rsa2048: length(2048, to: &writer)
    case .rsa3072: length(3072, to: &writer)
    case .rsa4096: length(4096, to: &writer)
    }
  }

  private static func control(_ number: UInt64) -> ObjectIdentifier {
    ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 5, 1, number])
  }

  private static func algorithm(_ identifiers: [ObjectIdentifier], to writer: inout DERWriter) {
    writer.sequence {
      $0.objectIdentifier(control(11))
      $0.sequence { for identifier in identifiers { $0.objectIdentifier(identifier) } }
    }
  }

  private static func length(_ bits: Int, to writer: inout DERWriter) {
    writer.sequence {
      $0.objectIdentifier(control(12))
      $0.integer(bits)
    }
  }
}

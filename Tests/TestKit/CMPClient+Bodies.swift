import Credentials
import Crypto
import KeyCustody
import WireFormats

/// The contents of the messages that a client sends.
extension CMPClient {
  public enum Proof: Sendable { case signature, raVerified, none, wrong }

  /// ir, cr and kur: one CertReqMsg.
  public static func requests(
    _ key: SoftwareKey, subject: DistinguishedName, extensions: [CertificateExtension] = [], proof: Proof = .signature,
    old: Certificate? = nil, identifier: Int = 0
  ) throws -> [UInt8] {
    let request = certRequest(key, subject, extensions, old: old, identifier: identifier)
    let signature = try key.signature(over: proof == .wrong ? request + [0] : request)
    return DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.raw(request)
          switch proof {
          case .none: break
          case .raVerified: $0.primitive(DERTag.context(0), [])
          case .signature, .wrong:
            $0.constructed(DERTag.contextConstructed(1)) {
              $0.raw(key.algorithm.algorithmIdentifier)
              $0.bitString(signature)
            }
          }
        }
      }
    }
  }

  /// A CertRequest that was made elsewhere, under this signature as its proof of possession.
  public static func requests(_ request: [UInt8], signature: [UInt8], by key: SoftwareKey) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.raw(request)
          $0.constructed(DERTag.contextConstructed(1)) {
            $0.raw(key.algorithm.algorithmIdentifier)
            $0.bitString(signature)
          }
        }
      }
    }
  }

  /// ir, cr and kur that ask for a key to be made (RFC 9483 §4.1.6).
  ///
  /// - Parameters:
  ///   - algorithm: the key's AlgorithmIdentifier, DER, beside an empty BIT STRING; nil leaves publicKey out.
  ///   - hasProof: raVerified, where nothing can be proved.
  public static func keylessRequests(
    subject: DistinguishedName, algorithm: [UInt8]? = nil, hasProof: Bool = false
  ) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.sequence {
            $0.integer(0)
            $0.sequence {
              $0.constructed(DERTag.contextConstructed(5)) { $0.raw(subject.encoded) }
              if let algorithm {
                $0.constructed(DERTag.contextConstructed(6)) {
                  $0.raw(algorithm)
                  $0.bitString([])
                }
              }
            }
          }
          if hasProof { $0.primitive(DERTag.context(0), []) }
        }
      }
    }
  }

  private static func certRequest(
    _ key: SoftwareKey, _ subject: DistinguishedName, _ extensions: [CertificateExtension], old: Certificate?,
    identifier: Int
  ) -> [UInt8] {
    var publicKey = key.publicKey.encoded
    publicKey[0] = DERTag.contextConstructed(6)
    return DERWriter.build {
      $0.sequence {
        $0.integer(identifier)
        $0.sequence {
          $0.constructed(DERTag.contextConstructed(5)) { $0.raw(subject.encoded) }
          $0.raw(publicKey)
          if !extensions.isEmpty {
            $0.constructed(DERTag.contextConstructed(9)) { for item in extensions { $0.raw(item.encoded) } }
          }
        }
        guard let old else { return }
        $0.sequence {
          $0.sequence {
            $0.objectIdentifier(ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 5, 1, 5]))
            $0.sequence {
              $0.constructed(DERTag.contextConstructed(4)) { $0.raw(old.issuer.encoded) }
              $0.unsignedInteger(old.serial.bytes)
            }
          }
        }
      }
    }
  }

  /// certConf; nil rejects, and `hash` stands in for the right one.
  public static func confirmation(_ certificate: [UInt8], accepted: Bool = true, hash: [UInt8]? = nil) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.octetString(hash ?? Array(SHA256.hash(data: certificate)))
          $0.integer(0)
          if !accepted { $0.sequence { $0.integer(2) } }
        }
      }
    }
  }

  public static func pollRequest(_ identifier: Int = 0) -> [UInt8] {
    DERWriter.build { $0.sequence { $0.sequence { $0.integer(identifier) } } }
  }

  /// rr, with a reason of RFC 5280 §5.3.1.
  public static func revocation(_ certificate: Certificate, reason: UInt8? = nil) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.sequence {
            $0.primitive(DERTag.context(1), (certificate.serial.bytes[0] >= 0x80 ? [0] : []) + certificate.serial.bytes)
            $0.constructed(DERTag.contextConstructed(3)) { $0.raw(certificate.issuer.encoded) }
          }
          guard let reason else { return }
          $0.sequence {
            $0.sequence {
              $0.objectIdentifier(ObjectIdentifier([2, 5, 29, 21]))
              $0.octetString([DERTag.enumerated, 1, reason])
            }
          }
        }
      }
    }
  }

  /// genm with one item.
  public static func general(_ type: UInt64, _ value: [UInt8]? = nil) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 4, type]))
          if let value { $0.raw(value) }
        }
      }
    }
  }

  /// nested.
  public static func nested(_ messages: [[UInt8]]) -> [UInt8] {
    DERWriter.build { $0.sequence { for message in messages { $0.raw(message) } } }
  }
}

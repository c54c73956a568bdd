import Credentials
import Issuance
import WireFormats

/// The body of an answer.
struct Reply: Sendable {
  let kind: PKIBody.Kind
  /// What stands inside the choice's tag, DER.
  let content: [UInt8]
  /// Certificates for extraCerts beside those of the protection, DER.
  var extraCertificates: [[UInt8]] = []
  /// Says that no confirmation is waited for.
  var implicitConfirm = false
  /// RFC 9810 §7: whether it can be said in version 3 alone, whatever the client's is.
  var needsVersion3 = false

  init(_ kind: PKIBody.Kind, _ write: (inout DERWriter) -> Void) {
    self.kind = kind
    content = DERWriter.build(capacity: 1024, write)
  }

  /// RFC 9810 §5.3.17.
  static let confirmed = Reply(.pkiconf) { $0.null() }

  /// RFC 9810 §5.3.21.
  static func error(_ status: PKIStatusInfo) -> Reply {
    Reply(.error) { $0.sequence { status.write(to: &$0) } }
  }

  /// RFC 9810 §5.3.4: one CertResponse without a certificate.
  static func response(_ kind: PKIBody.Kind, to request: CertReqID, _ status: PKIStatusInfo) -> Reply {
    Reply(kind) {
      $0.sequence {
        $0.sequence {
          $0.sequence {
            $0.integer(request)
            status.write(to: &$0)
          }
        }
      }
    }
  }

  /// RFC 9810 §5.3.4: one CertResponse with its certificate.
  /// - Parameter caPublications: caPubs, under a MAC alone.
  static func certificate(
    _ kind: PKIBody.Kind, to request: CertReqID, _ status: PKIStatusInfo, _ certified: Certified,
    caPublications: [[UInt8]]
  ) -> Reply {
    var reply = Reply(kind) {
      $0.sequence {
        if !caPublications.isEmpty {
          $0.constructed(DERTag.contextConstructed(1)) {
            $0.sequence { for certificate in caPublications { $0.raw(certificate) } }
          }
        }
        $0.sequence {
          $0.sequence {
            $0.integer(request)
            status.write(to: &$0)
            certified.write(to: &$0)
          }
        }
      }
    }
    reply.extraCertificates = certified.issued.chain
    reply.needsVersion3 = certified.privateKey != nil
    return reply
  }

  /// RFC 9810 §5.3.22.
  /// - Parameter seconds: after which to ask again.
  static func pollResponse(to request: CertReqID, after seconds: Int) -> Reply {
    Reply(.pollRep) {
      $0.sequence {
        $0.sequence {
          $0.integer(request)
          $0.integer(seconds)
        }
      }
    }
  }

  /// RFC 9810 §5.3.10, for one certificate.
  static func revocation(_ status: PKIStatusInfo, of request: RevReqContent?) -> Reply {
    Reply(.rp) {
      $0.sequence {
        $0.sequence { status.write(to: &$0) }
        guard let request, status.status == .accepted else { return }
        $0.constructed(DERTag.contextConstructed(0)) {
          $0.sequence {
            $0.sequence {
              $0.constructed(DERTag.contextConstructed(4)) { $0.raw(request.issuer) }
              $0.unsignedInteger(request.serial.bytes)
            }
          }
        }
      }
    }
  }

  /// RFC 9810 §5.3.20.
  static func general(_ items: [InfoTypeAndValue]) -> Reply {
    Reply(.genp) { $0.sequence { for item in items { item.write(to: &$0) } } }
  }

  /// RFC 9483 §5.2.2.2: answers to a batch, in its order.
  static func nested(_ messages: [[UInt8]]) -> Reply {
    Reply(.nested) { $0.sequence { for message in messages { $0.raw(message) } } }
  }
}

import Credentials
import Crypto
import KeyCustody
import WireFormats
import _CryptoExtras

/// A CMP client in a test: the messages of one transaction, written octet by octet, right or wrong as told.
public struct CMPClient: Sendable {
  public enum Protection: Sendable {
    case none
    /// PBM (RFC 9810 §5.1.3.1) with SHA-256 and HMAC-SHA-256.
    case passwordBasedMac(name: String, secret: String, iterations: Int)
    /// PBMAC1 (RFC 8018 §7.1) with HMAC-SHA-256 in both places.
    case pbmac1(name: String, secret: String, iterations: Int)
    /// The certificate first, and what leads to its root.
    case signature(certificate: [UInt8], chain: [[UInt8]], SoftwareKey)
  }

  public var protection: Protection
  public var transactionID: [UInt8]
  public var version = 2
  public var senderNonce: [UInt8]
  public var recipientNonce: [UInt8]?
  public var messageTime: Instant?
  /// In place of what the protection's credential says.
  public var sender: DistinguishedName?
  public var senderKeyIdentifier: [UInt8]?
  public var implicitConfirm = false
  /// Of PBMAC1's derived key, octets.
  public var keyLength = 32
  public var profile: String?

  public init(_ protection: Protection, at time: Instant? = nil) {
    self.protection = protection
    messageTime = time
    transactionID = Self.random(16)
    senderNonce = Self.random(16)
  }

  public static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: .min ... .max) } }

  /// A PKIMessage with this body, DER: its tag's number and what stands inside.
  public func message(_ kind: UInt8, _ content: [UInt8]) throws -> [UInt8] {
    let salt = Self.random(16)
    let header = header(algorithm: algorithm(salt))
    let body = DERWriter.build {
      $0.header(DERTag.contextConstructed(kind), length: content.count)
      $0.raw(content)
    }
    let part = DERWriter.build {
      $0.sequence {
        $0.raw(header)
        $0.raw(body)
      }
    }
    let code = try code(part, salt)
    return DERWriter.build {
      $0.sequence {
        $0.raw(header)
        $0.raw(body)
        if let code { $0.constructed(DERTag.contextConstructed(0)) { $0.bitString(code) } }
        guard case .signature(let certificate, let chain, _) = protection else { return }
        $0.constructed(DERTag.contextConstructed(1)) {
          $0.sequence { for item in [certificate] + chain { $0.raw(item) } }
        }
      }
    }
  }

  /// For the next message of the transaction: a nonce of its own, and the server's back.
  public func next(after answer: CMPReply) -> CMPClient {
    var next = self
    next.senderNonce = Self.random(16)
    next.recipientNonce = answer.senderNonce
    return next
  }

  private func header(algorithm: [UInt8]?) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.integer(version)
        $0.constructed(DERTag.contextConstructed(4)) { $0.raw(senderName.encoded) }
        $0.constructed(DERTag.contextConstructed(4)) { $0.raw(DistinguishedName.empty.encoded) }
        if let messageTime { $0.constructed(DERTag.contextConstructed(0)) { $0.generalizedTime(messageTime) } }
        if let algorithm { $0.constructed(DERTag.contextConstructed(1)) { $0.raw(algorithm) } }
        for (number, octets) in [
          (2, keyIdentifier), (4, transactionID), (5, senderNonce), (6, recipientNonce),
        ] as [(UInt8, [UInt8]?)] {
          if let octets { $0.constructed(DERTag.contextConstructed(number)) { $0.octetString(octets) } }
        }
        guard implicitConfirm || profile != nil else { return }
        $0.constructed(DERTag.contextConstructed(8)) { $0.sequence { writeInformation(&$0) } }
      }
    }
  }

  private func writeInformation(_ writer: inout DERWriter) {
    func identifier(_ number: UInt64) -> ObjectIdentifier { ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 4, number]) }
    if implicitConfirm {
      writer.sequence {
        $0.objectIdentifier(identifier(13))
        $0.null()
      }
    }
    guard let profile else { return }
    writer.sequence {
      $0.objectIdentifier(identifier(21))
      $0.sequence { $0.utf8String(profile) }
    }
  }

  private var senderName: DistinguishedName {
    if let sender { return sender }
    guard case .signature(let certificate, _, _) = protection else { return .empty }
    return (try? Certificate(parsing: certificate))?.subject ?? .empty
  }

  private var keyIdentifier: [UInt8]? {
    if let senderKeyIdentifier { return senderKeyIdentifier }
    return switch protection {
    case .none: nil
    case .passwordBasedMac(let name, _, _), .pbmac1(let name, _, _): Array(name.utf8)
    case .signature(let certificate, _, _): (try? Certificate(parsing: certificate))?.subjectKeyIdentifier
    }
  }

  private static let sha256 = ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, 1])
  private static let hmacWithSHA256 = ObjectIdentifier([1, 2, 840, 113549, 2, 9])

  private func algorithm(_ salt: [UInt8]) -> [UInt8]? {
    switch protection {
    case .none: return nil
    case .signature(_, _, let key): return key.algorithm.algorithmIdentifier
    case .passwordBasedMac(_, _, let iterations):
      return DERWriter.build {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113533, 7, 66, 13]))
          $0.sequence {
            $0.octetString(salt)
            $0.sequence { $0.objectIdentifier(Self.sha256) }
            $0.integer(iterations)
            $0.sequence { $0.objectIdentifier(Self.hmacWithSHA256) }
          }
        }
      }
    case .pbmac1(_, _, let iterations):
      return DERWriter.build {
        $0.sequence {
          $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 5, 14]))
          $0.sequence {
            $0.sequence {
              $0.objectIdentifier(ObjectIdentifier([1, 2, 840, 113549, 1, 5, 12]))
              $0.sequence {
                $0.octetString(salt)
                $0.integer(iterations)
                $0.integer(keyLength)
                $0.sequence { $0.objectIdentifier(Self.hmacWithSHA256) }
              }
            }
            $0.sequence { $0.objectIdentifier(Self.hmacWithSHA256) }
          }
        }
      }
    }
  }

  private func code(_ part: [UInt8], _ salt: [UInt8]) throws -> [UInt8]? {
    switch protection {
    case .none: return nil
    case .signature(_, _, let key): return try key.signature(over: part)
    case .passwordBasedMac(_, let secret, let iterations):
      var value = Array(secret.utf8) + salt
      for _ in 0..<max(1, min(iterations, 20_000)) { value = Array(SHA256.hash(data: value)) }
      return Array(HMAC<SHA256>.authenticationCode(for: part, using: SymmetricKey(data: value)))
    case .pbmac1(_, let secret, let iterations):
      let key = try KDF.Insecure.PBKDF2.deriveKey(
        from: Array(secret.utf8), salt: salt, using: .sha256, outputByteCount: keyLength,
        unsafeUncheckedRounds: iterations)
      return Array(HMAC<SHA256>.authenticationCode(for: part, using: key))
    }
  }
}

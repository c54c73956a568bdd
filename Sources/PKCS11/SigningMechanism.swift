import CPKCS11
import Credentials
import Crypto
import WireFormats

/// How a token is asked for a signature of one algorithm: digests are made here, so that every token that signs with a
/// key of this kind can do it.
package struct SigningMechanism: Hashable, Sendable {
  package let type: CK_MECHANISM_TYPE
  private let algorithm: SignatureAlgorithm

  package static let ecdsa: CK_MECHANISM_TYPE = 0x1041
  package static let rsaPKCS1: CK_MECHANISM_TYPE = 0x0001
  package static let rsaPSS: CK_MECHANISM_TYPE = 0x000D
  package static let eddsa: CK_MECHANISM_TYPE = 0x1057

  package init(_ algorithm: SignatureAlgorithm) {
    self.algorithm = algorithm
    type =
      switch algorithm {
      case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: Self.ecdsa
      case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512: Self.rsaPKCS1
      case .rsaPSSWithSHA256: Self.rsaPSS
      case .ed25519: Self.eddsa
      }
  }

  package var name: String {
    switch type {
    case Self.ecdsa: "CKM_ECDSA"
    case Self.rsaPKCS1: "CKM_RSA_PKCS"
    case Self.rsaPSS: "CKM_RSA_PKCS_PSS"
    default: "CKM_EDDSA"
    }
  }

  /// What C_Sign is given for a message.
  package func input(_ message: [UInt8]) -> [UInt8] {
    switch type {
    case Self.eddsa: message
    case Self.rsaPKCS1: Self.digestInfo(algorithm.digest, algorithm.digest.digest(message))
    default: algorithm.digest.digest(message)
    }
  }

  /// The signature as X.509 carries it; nil when the token gave something else.
  package func x509(_ signature: [UInt8]) -> [UInt8]? {
    type == Self.ecdsa ? ECDSASignatureValue.encode(raw: signature) : signature
  }

  package func withMechanism<R, E: Error>(
    _ body: (UnsafeMutablePointer<CK_MECHANISM>) throws(E) -> R
  ) throws(E) -> R {
    // RFC 4055: SHA-256 for digest and mask, and a salt as long as the digest.
    let parameters = UnsafeMutablePointer<CK_RSA_PKCS_PSS_PARAMS>.allocate(capacity: 1)
    parameters.initialize(to: CK_RSA_PKCS_PSS_PARAMS())
    let mechanism = UnsafeMutablePointer<CK_MECHANISM>.allocate(capacity: 1)
    mechanism.initialize(to: CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0))
    defer {
      mechanism.deallocate()
      parameters.deallocate()
    }
    if type == Self.rsaPSS {
      parameters.pointee.hashAlg = 0x250  // CKM_SHA256
      parameters.pointee.mgf = 2  // CKG_MGF1_SHA256
      parameters.pointee.sLen = 32
      mechanism.pointee.pParameter = UnsafeMutableRawPointer(parameters)
      mechanism.pointee.ulParameterLen = CK_ULONG(MemoryLayout<CK_RSA_PKCS_PSS_PARAMS>.size)
    }
    return try body(mechanism)
  }

  /// RFC 8017 §9.2: the DigestInfo, with NULL parameters.
  private static func digestInfo(_ digest: DigestAlgorithm, _ value: [UInt8]) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(digest.identifier)
          $0.null()
        }
        $0.octetString(value)
      }
    }
  }
}

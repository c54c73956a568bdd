import Crypto
import WireFormats

/// The digests of CMS objects that are made and taken here (RFC 5754 §2). SHA-1 and MD5 have no case.
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
  case sha256, sha384, sha512

  public var identifier: ObjectIdentifier {
    switch self {
    case .sha256: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, 1])
    case .sha384: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, 2])
    case .sha512: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, 3])
    }
  }

  public init?(identifier: ObjectIdentifier) {
    guard let known = Self.allCases.first(where: { $0.identifier == identifier }) else { return nil }
    self = known
  }

  public func digest(_ octets: some Collection<UInt8>) -> [UInt8] {
    let octets = Array(octets)
    return switch self {
    case .sha256: SHA256.hash(data: octets).withUnsafeBytes { Array($0) }
    case .sha384: SHA384.hash(data: octets).withUnsafeBytes { Array($0) }
    case .sha512: SHA512.hash(data: octets).withUnsafeBytes { Array($0) }
    }
  }

  /// RFC 5754 §2: made with absent parameters.
  var algorithmIdentifier: [UInt8] { DERWriter.build { $0.sequence { $0.objectIdentifier(identifier) } } }
}

extension SignatureAlgorithm {
  /// What a signature of this algorithm hashes its message with. RFC 8419 §3.1: with Ed25519 the attributes' digest is
  /// SHA-512.
  public var digest: DigestAlgorithm {
    switch self {
    case .ecdsaWithSHA256, .rsaPKCS1WithSHA256, .rsaPSSWithSHA256: .sha256
    case .ecdsaWithSHA384, .rsaPKCS1WithSHA384: .sha384
    case .ecdsaWithSHA512, .rsaPKCS1WithSHA512, .ed25519: .sha512
    }
  }
}

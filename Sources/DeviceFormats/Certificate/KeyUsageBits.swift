/// KeyUsage (RFC 5280 §4.2.1.3), bit n of the standard at value 1 << n.
public struct KeyUsageBits: OptionSet, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static var digitalSignature: KeyUsageBits { KeyUsageBits(rawValue: 1 << 0) }
  public static var keyCertSign: KeyUsageBits { KeyUsageBits(rawValue: 1 << 5) }
  public static var cRLSign: KeyUsageBits { KeyUsageBits(rawValue: 1 << 6) }
}

/// What the holder of a certificate is about to do with it, by the numbers of touchmark.h.
public enum KeyPurpose: UInt8, Sendable {
  case any = 0
  case serverAuth = 1
  case clientAuth = 2

  /// RFC 5280 §4.2.1.12.
  var identifier: Identifier? {
    switch self {
    case .any: nil
    case .serverAuth: .purpose(1)
    case .clientAuth: .purpose(2)
    }
  }
}

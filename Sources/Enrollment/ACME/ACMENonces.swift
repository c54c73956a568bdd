import Crypto
import WireFormats

/// Anti-replay nonces (RFC 8555 §6.5) that any process of the installation knows without having been told: a time and
/// random octets, with a MAC over both. What was used is recorded, so that none is taken twice.
public struct ACMENonces: Sendable {
  private let key: SymmetricKey
  private let lifetime: Span

  /// - Parameter key: 32 octets, the same in every process.
  public init(key: [UInt8], lifetime: Span = .hours(1)) {
    self.key = SymmetricKey(data: key)
    self.lifetime = lifetime
  }

  /// Octets of the time, of the random part, and of the MAC.
  private static let (timeOctets, randomOctets, codeOctets) = (6, 10, 16)

  /// A fresh one, as base64url.
  public func make(at now: Instant) -> String {
    let octets = Self.prefix(of: now) + [UInt8].random(count: Self.randomOctets)
    return Base64.encodeURL(octets + code(over: octets))
  }

  /// The octets to record as used; nil for what is not from here, or too old.
  public func open(_ text: String, at now: Instant) -> [UInt8]? {
    let length = Self.timeOctets + Self.randomOctets
    guard text.utf8.count <= 64, let octets = Base64.decodeJOSE(text), octets.count == length + Self.codeOctets else {
      return nil
    }
    let nonce = Array(octets.prefix(length))
    guard zip(octets.suffix(Self.codeOctets), code(over: nonce)).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0 else {
      return nil
    }
    let milliseconds = nonce.prefix(Self.timeOctets).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let made = Instant(milliseconds: milliseconds)
    // A minute ahead for another process' clock.
    guard made > now - lifetime, made < now + .minutes(1) else { return nil }
    return nonce
  }

  /// Those that sort before it are too old to be taken, so that their use need not be remembered.
  public func oldest(at now: Instant) -> [UInt8] { Self.prefix(of: now - lifetime - .minutes(1)) }

  private static func prefix(of instant: Instant) -> [UInt8] {
    let value = UInt64(clamping: instant.milliseconds)
    return (0..<timeOctets).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (timeOctets - 1 - $0))) }
  }

  private func code(over octets: [UInt8]) -> [UInt8] {
    HMAC<SHA256>.authenticationCode(for: octets, using: key).withUnsafeBytes { Array($0.prefix(Self.codeOctets)) }
  }
}

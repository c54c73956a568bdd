import Credentials
import WireFormats

/// The addresses that validations may connect to, as an operator listed them. None at first: an authority that connects
/// wherever it is told is a way into its own network.
public struct AllowedNetworks: Hashable, Sendable {
  /// `10.0.0.0/8`, `2001:db8::/32`, or one address.
  public struct Network: Hashable, Sendable {
    fileprivate let octets: [UInt8]
    fileprivate let bits: Int

    /// Nil for what is no network, and for one with bits set behind its length.
    public init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard let address = parts.first, case .ipAddress(let octets)? = GeneralName.ipAddress(text: address) else {
        return nil
      }
      self.octets = octets
      guard parts.count == 2 else {
        guard parts.count == 1 else { return nil }
        bits = octets.count * 8
        return
      }
      guard let bits = Int(parts[1]), (0...octets.count * 8).contains(bits) else { return nil }
      self.bits = bits
      guard Self.prefix(of: octets, bits) == octets else { return nil }
    }

    fileprivate func contains(_ address: [UInt8]) -> Bool {
      address.count == octets.count && Self.prefix(of: address, bits) == octets
    }

    private static func prefix(of octets: [UInt8], _ bits: Int) -> [UInt8] {
      octets.enumerated().map { index, octet in
        let kept = min(max(bits - index * 8, 0), 8)
        return kept == 0 ? 0 : octet & (0xFF << UInt8(8 - kept))
      }
    }
  }

  public let networks: [Network]

  public init(_ networks: [Network]) { self.networks = networks }

  /// An IPv6 address that carries an IPv4 one is judged as that (RFC 4291 §2.5.5.2).
  public func contain(_ address: [UInt8]) -> Bool {
    let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    let judged = address.count == 16 && address.starts(with: mapped) ? Array(address.suffix(4)) : address
    return networks.contains { $0.contains(judged) }
  }
}

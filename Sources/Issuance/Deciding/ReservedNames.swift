import Credentials

/// The names of the server itself, which no device may hold: with one of them a device could stand in for the server.
public struct ReservedNames: Sendable {
  private let hosts: Set<String>
  private let addresses: Set<[UInt8]>

  /// - Parameter names: everything that the server's certificate carries, and the host of the public address.
  public init(_ names: [GeneralName]) {
    var hosts: Set<String> = []
    var addresses: Set<[UInt8]> = []
    for name in names {
      switch name {
      case .dnsName(let host): hosts.insert(Self.plain(host))
      case .ipAddress(let octets): addresses.insert(octets)
      case .uri, .email, .directoryName, .otherName, .registeredID, .other: break
      }
    }
    self.hosts = hosts
    self.addresses = addresses
  }

  /// Whether a certificate with these names could be taken for the server's.
  func include(subject: DistinguishedName, names: [GeneralName]) -> Bool {
    subject.attributes.contains { holds(host: $0.value) }
      || names.contains { name in
        switch name {
        case .dnsName(let host): holds(host: host)
        case .ipAddress(let octets): addresses.contains(octets)
        case .uri(let text): URIHost.of(text).map(holds(host:)) ?? false
        case .directoryName(let inner): inner.attributes.contains { holds(host: $0.value) }
        case .email, .otherName, .registeredID, .other: false
        }
      }
  }

  private func holds(host: String) -> Bool {
    let host = Self.plain(host)
    return hosts.contains(host) || (GeneralName.ipAddress(text: host).map(isOwnAddress) ?? false)
  }

  private func isOwnAddress(_ name: GeneralName) -> Bool {
    guard case .ipAddress(let octets) = name else { return false }
    return addresses.contains(octets)
  }

  /// Host names compare without case, and a final dot changes nothing (RFC 4343, RFC 1034 §3.1).
  private static func plain(_ host: String) -> String {
    let lower = host.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }
}

/// The host of a URI (RFC 3986 §3.2.2), as far as comparing names needs it.
enum URIHost {
  static func of(_ text: String) -> String? {
    guard let scheme = text.range(of: "://") else { return nil }
    let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      return String(host[host.index(after: host.startIndex)..<end])
    }
    if let colon = host.lastIndex(of: ":") { host = host[..<colon] }
    return String(host)
  }
}

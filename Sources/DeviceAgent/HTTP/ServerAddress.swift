import Credentials
import WireFormats

/// `scheme://[name@]host[:port][/path][#sha256:HEX[,HEX]]`: an address as an operator hands it to a device, with the name
/// that the secret belongs to and the fingerprints of the roots that are to be trusted.
public struct ServerAddress: Hashable, Sendable {
  public let isTLS: Bool
  /// A DNS name in lower case or an IP address, without brackets.
  public let host: String
  public let port: Int
  /// Begins with a slash, or is empty.
  public let path: String
  public let name: String?
  /// SHA-256 of each root's certificate, 32 octets: the server's, and that of the device's own certificates where it is
  /// another.
  public let roots: [[UInt8]]
  /// The first one.
  public var root: [UInt8]? { roots.first }

  /// Nil for what is no such address. At most 2048 octets.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard let (isTLS, rest) = Self.scheme(parts[0]) else { return nil }
    let authority = rest.prefix { $0 != "/" }
    let owner = authority.lastIndex(of: "@")
    guard let (host, port) = Self.host(owner.map { authority[authority.index(after: $0)...] } ?? authority) else {
      return nil
    }
    if parts.count > 1 {
      guard let roots = Self.roots(parts[1]) else { return nil }
      self.roots = roots
    } else {
      roots = []
    }
    var name: String?
    if let owner {
      guard let decoded = Self.percentDecoded(authority[..<owner]), !decoded.isEmpty else { return nil }
      name = decoded
    }
    let path = String(rest.dropFirst(authority.count))
    (self.isTLS, self.host, self.name) = (isTLS, host, name)
    self.port = port ?? (isTLS ? 443 : 80)
    self.path = path == "/" ? "" : path
  }

  private static let mostRoots = 4

  private static func roots(_ text: some StringProtocol) -> [[UInt8]]? {
    guard text.hasPrefix("sha256:") else { return nil }
    let texts = text.dropFirst(7).split(separator: ",", omittingEmptySubsequences: false)
    let roots = texts.prefix(mostRoots &+ 1).compactMap { Hex.decode($0) }
    guard roots.count == texts.count, roots.count <= mostRoots, roots.allSatisfy({ $0.count == 32 }) else { return nil }
    return roots
  }

  private static func scheme(_ text: some StringProtocol) -> (isTLS: Bool, rest: Substring)? {
    let text = String(text)
    if text.hasPrefix("https://") { return (true, text.dropFirst(8)) }
    return text.hasPrefix("http://") ? (false, text.dropFirst(7)) : nil
  }

  /// RFC 3986 §3.2.2.
  private static func host(_ text: Substring) -> (String, Int?)? {
    var (name, rest) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" })
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      name = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard GeneralName.ipAddress(text: name) != nil else { return nil }
    }
    guard !name.isEmpty, name.utf8.count <= 253 else { return nil }
    guard !rest.isEmpty else { return (name.lowercased(), nil) }
    guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
    return (name.lowercased(), Int(port))
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == UInt8(ascii: "%") else {
        octets.append(octet)
        continue
      }
      guard rest.count >= 2, let value = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else { return nil }
      octets += value
      rest = rest.dropFirst(2)
    }
    guard let name = String(validating: octets, as: UTF8.self) else { return nil }
    return name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? name : nil
  }

  /// What the server's certificate has to bear.
  public var generalName: GeneralName { GeneralName.ipAddress(text: host) ?? .dnsName(host) }

  var isIPAddress: Bool { GeneralName.ipAddress(text: host) != nil }

  /// For the Host field.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// Without name and fingerprint.
  public var text: String { (isTLS ? "https://" : "http://") + authority + path }
}

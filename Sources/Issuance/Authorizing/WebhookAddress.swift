import Foundation

/// An address outside that an operator wrote down to be asked or told. Nothing that arrives over a network makes one.
public struct WebhookAddress: Hashable, Sendable, CustomStringConvertible {
  /// As it was written.
  public let text: String
  /// The host, with its port where one was written: what logs say, since a path may hold a token.
  public let host: String

  /// `https`, or `http` to this machine itself; no user and no fragment. Nil otherwise.
  public init?(_ text: String) {
    guard (1...2048).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
      parts.password == nil, parts.fragment == nil
    else { return nil }
    let isOwn = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
    guard parts.scheme == "https" || (parts.scheme == "http" && isOwn) else { return nil }
    self.text = text
    self.host = parts.port.map { "\(host):\($0)" } ?? host
  }

  public var description: String { host }
}

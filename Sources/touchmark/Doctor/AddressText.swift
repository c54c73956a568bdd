import Foundation

/// Hosts in addresses, as far as the doctor judges them.
enum AddressText {
  static func host(of url: String) -> String? {
    guard let host = URLComponents(string: url)?.host?.lowercased(), !host.isEmpty else { return nil }
    return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  }

  /// Names and addresses that mean whoever asks.
  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || host == "0.0.0.0" || host == "::"
      || host.hasPrefix("127.")
  }

  /// Of `HOST:PORT`.
  static func listensEverywhere(_ listen: String) -> Bool {
    ["0.0.0.0:", "[::]:"].contains { listen.hasPrefix($0) }
  }
}

import WebService

/// `HOST:PORT`, with IPv6 addresses in brackets.
enum ListenAddress {
  static let https = "127.0.0.1:8443"
  static let http = "127.0.0.1:8080"

  static func endpoint(_ text: String) throws(CommandFailure) -> WebServerConfiguration.Endpoint {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw CommandFailure(.usage, "'\(text)' is not HOST:PORT", hint: "for example 127.0.0.1:8443 or [::]:8443") }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else {
      throw CommandFailure(.usage, "'\(text)' names no host", hint: "0.0.0.0 means every address")
    }
    return WebServerConfiguration.Endpoint(host: host, port: port)
  }

  /// What a client on this machine asks: a wildcard address is reached through loopback.
  static func url(_ scheme: String, _ endpoint: WebServerConfiguration.Endpoint) -> String {
    let host = ["0.0.0.0", "::"].contains(endpoint.host) ? "127.0.0.1" : endpoint.host
    return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(endpoint.port)"
  }
}

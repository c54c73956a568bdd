import WebService

extension InstallationConfiguration {
  /// The listeners' configuration: the command line wins over what was recorded.
  func webServer(_ listen: ListenOptions) throws(CommandFailure) -> WebServerConfiguration {
    WebServerConfiguration(
      https: try ListenAddress.endpoint(listen.listenHTTPS ?? listenHTTPS),
      http: try ListenAddress.endpoint(listen.listenHTTP ?? listenHTTP), bounds: try bounds(),
      trustedProxies: Set(trustedProxies ?? []))
  }

  /// The defaults, changed by what stands in `limits`.
  func bounds() throws(CommandFailure) -> WebServerConfiguration.Bounds {
    var bounds = WebServerConfiguration.Bounds()
    _ = try tokenLimits()
    for (name, value) in (limits ?? [:]).sorted(by: { $0.key < $1.key }) where !Self.tokenNames.contains(name) {
      guard let path = Self.bounds[name], value >= 0 else {
        throw CommandFailure(
          .refused, "'\(name): \(value)' is not a limit in touchmark.yaml",
          hint: "limits are " + (Array(Self.bounds.keys) + Self.tokenNames).sorted().joined(separator: ", "))
      }
      bounds[keyPath: path] = value
    }
    guard (1...WebServerConfiguration.Bounds.mostHTTP2Streams).contains(bounds.http2Streams) else {
      throw CommandFailure(
        .refused, "http2_streams in touchmark.yaml is from 1 to \(WebServerConfiguration.Bounds.mostHTTP2Streams)")
    }
    return bounds
  }

  /// Every bound under the name that its error says.
  private static var bounds: [String: WritableKeyPath<WebServerConfiguration.Bounds, Int>] {
    [
      "connections": \.connections, "connections_per_address": \.connectionsPerAddress,
      "handshake_seconds": \.handshakeSeconds, "header_bytes": \.headerBytes, "header_fields": \.headerFields,
      "http2_streams": \.http2Streams, "header_seconds": \.headerSeconds, "body_seconds": \.bodySeconds,
      "body_bytes_per_second": \.bodyBytesPerSecond,
      "body_total_seconds": \.bodyTotalSeconds, "idle_seconds": \.idleSeconds,
      "requests_per_second_per_address": \.requestsPerSecondPerAddress,
      "est_body_bytes": \.estBodyBytes, "scep_body_bytes": \.scepBodyBytes, "cmp_body_bytes": \.cmpBodyBytes,
      "acme_body_bytes": \.acmeBodyBytes, "ocsp_body_bytes": \.ocspBodyBytes, "rest_body_bytes": \.restBodyBytes,
      "import_body_bytes": \.importBodyBytes, "ocsp_certificates": \.ocspCertificates,
      "ocsp_signatures": \.ocspSignatures, "wrong_secrets_per_minute": \.wrongSecretsPerMinute,
    ]
  }
}

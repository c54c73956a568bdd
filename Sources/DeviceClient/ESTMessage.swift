import WireFormats

/// One request of a device to an EST server (RFC 7030), for whatever carries it.
public struct ESTMessage: Hashable, Sendable {
  public enum Operation: String, Hashable, Sendable {
    case cacerts, simpleenroll, simplereenroll
  }

  public let operation: Operation
  /// For HTTP Basic (RFC 7617).
  public let authorization: DeviceMemory.FirstSecret?
  /// Whether the TLS handshake proves the device's certificate.
  public let showsCertificate: Bool
  /// Where the request's key lives, as `DeviceKey.home`; nil without a request.
  public let keyHome: String?
  /// Base64 of PKCS#10 (RFC 8951 §3.1); empty for `cacerts`.
  public let body: [UInt8]

  init(
    operation: Operation, authorization: DeviceMemory.FirstSecret?, showsCertificate: Bool, keyHome: String? = nil,
    body: [UInt8]
  ) {
    (self.operation, self.authorization) = (operation, authorization)
    (self.showsCertificate, self.keyHome, self.body) = (showsCertificate, keyHome, body)
  }

  /// What a device asks before it knows whom to trust (RFC 7030 §4.1.1).
  public static let authorities = ESTMessage(
    operation: .cacerts, authorization: nil, showsCertificate: false, body: [])

  /// RFC 7030 §3.2.2.
  public var path: String { "/.well-known/est/\(operation.rawValue)" }
  public var contentType: String? { body.isEmpty ? nil : "application/pkcs10" }
}

/// What an EST server answered.
public struct ESTReply: Hashable, Sendable {
  public let status: Int
  /// Seconds, from the Retry-After field.
  public let retryAfter: Int?
  /// The Date field (RFC 9110 §6.6.1) of a server that was trusted; nil where there was none.
  public let date: Instant?
  public let body: [UInt8]

  public init(status: Int, retryAfter: Int? = nil, date: Instant? = nil, body: [UInt8]) {
    self.status = status
    self.retryAfter = retryAfter
    self.date = date
    self.body = body
  }
}

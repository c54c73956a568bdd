/// What EST answers, in its own vocabulary; the transport adds nothing but its framing.
public struct ESTAnswer: Hashable, Sendable {
  public let status: Int
  public let contentType: String?
  /// Whether the body is base64 and says so (RFC 7030 §4.1.3; RFC 8951 §3.1 lets clients ignore it, some do not).
  public let isBase64: Bool
  public let body: [UInt8]
  /// Seconds.
  public let retryAfter: Int?
  /// The WWW-Authenticate field.
  public let challenge: String?

  init(
    status: Int, contentType: String? = nil, isBase64: Bool = false, body: [UInt8] = [], retryAfter: Int? = nil,
    challenge: String? = nil
  ) {
    self.status = status
    self.contentType = contentType
    self.isBase64 = isBase64
    self.body = body
    self.retryAfter = retryAfter
    self.challenge = challenge
  }

  /// RFC 7030 §4.1.3, §4.2.3. Some clients compare the type as a string, so it is written just so.
  static func certificates(_ certificatesOnly: [UInt8]) -> ESTAnswer {
    ESTAnswer(
      status: 200, contentType: "application/pkcs7-mime; smime-type=certs-only", isBase64: true,
      body: ESTBody.encode(certificatesOnly))
  }

  /// RFC 7030 §4.4.2: the private key first, its certificate after it.
  static func generated(_ key: ESTPart, certificatesOnly: [UInt8]) -> ESTAnswer {
    let certificate = ESTPart(
      contentType: "application/pkcs7-mime; smime-type=certs-only", content: ESTBody.encode(certificatesOnly))
    let boundary = ESTPart.boundary()
    return ESTAnswer(
      status: 200, contentType: "multipart/mixed; boundary=\(boundary)",
      body: ESTPart.encode([key, certificate], boundary: boundary))
  }

  /// RFC 7030 §4.5.2: 204 when there is nothing to ask for.
  static func attributes(_ encoded: [UInt8]?) -> ESTAnswer {
    guard let encoded else { return ESTAnswer(status: 204) }
    return ESTAnswer(status: 200, contentType: "application/csrattrs", isBase64: true, body: ESTBody.encode(encoded))
  }

  /// An operation that the standard leaves optional.
  public static func notOffered(_ operation: ESTOperation) -> ESTAnswer {
    text(501, "\(operation.rawValue) is not offered here")
  }

  /// RFC 7030 §4.2.3: the reason may follow as text; here it always does, in one line.
  static func text(_ status: Int, _ line: String, retryAfter: Int? = nil, challenge: String? = nil) -> ESTAnswer {
    // By octets: CR LF is one character.
    let oneLine = line.utf8.map { $0 < 0x20 ? 0x20 : $0 }
    return ESTAnswer(
      status: status, contentType: "text/plain; charset=utf-8", body: oneLine + [0x0A], retryAfter: retryAfter,
      challenge: challenge)
  }
}

import Crypto
import WireFormats

/// What a status address answers, in no server's terms.
public struct StatusAnswer: Hashable, Sendable {
  /// How long whoever stands between may keep it.
  public enum Caching: Hashable, Sendable {
    case noStore
    /// - Parameters:
    ///   - maxAge: Seconds.
    ///   - entityTag: With its quotation marks.
    case shared(maxAge: Int64, lastModified: Instant, expires: Instant, entityTag: String)
  }

  /// The HTTP status code.
  public var status: Int
  public var contentType: String
  public var bytes: [UInt8]
  public var caching: Caching

  public init(status: Int = 200, contentType: String, bytes: [UInt8], caching: Caching) {
    (self.status, self.contentType, self.bytes, self.caching) = (status, contentType, bytes, caching)
  }

  /// Header fields beside those that every server writes (Date, Content-Length).
  public var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if status != 304 { headers.append(("Content-Type", contentType)) }
    switch caching {
    case .noStore:
      headers.append(("Cache-Control", "no-store"))
    case .shared(let maxAge, let lastModified, let expires, let entityTag):
      // RFC 5019 §6.2 names these five and these directives.
      headers.append(("Cache-Control", "max-age=\(maxAge), public, no-transform, must-revalidate"))
      headers.append(("Last-Modified", HTTPDate.text(lastModified)))
      headers.append(("Expires", HTTPDate.text(expires)))
      headers.append(("ETag", entityTag))
    }
    return headers
  }

  /// 304 without a body when the client holds this answer already (RFC 9110 §13.2.2), or the answer as it is.
  ///
  /// For GET alone. `If-None-Match` is decisive where it is sent.
  public func conditional(ifNoneMatch: String?, ifModifiedSince: String?) -> StatusAnswer {
    guard status == 200, case .shared(_, let lastModified, _, let entityTag) = caching else { return self }
    let isHeld: Bool
    if let ifNoneMatch {
      isHeld = Self.matches(ifNoneMatch, entityTag)
    } else {
      isHeld = ifModifiedSince.flatMap { HTTPDate.parse($0) }.map { lastModified.wholeSecond <= $0 } ?? false
    }
    guard isHeld else { return self }
    return StatusAnswer(status: 304, contentType: contentType, bytes: [], caching: caching)
  }

  /// RFC 9110 §13.1.2: weak comparison.
  private static func matches(_ field: String, _ entityTag: String) -> Bool {
    field.split(separator: ",").contains { item in
      let tag = item.drop { $0 == " " || $0 == "\t" }
      let trimmed = tag.prefix { $0 != " " && $0 != "\t" }
      return trimmed == "*" || (trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed) == entityTag
    }
  }

  /// A strong entity tag over the whole body.
  static func entityTag(_ bytes: [UInt8]) -> String {
    "\"\(Hex.encode(Array(SHA256.hash(data: bytes)).prefix(16)))\""
  }
}

import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A failure as RFC 9457 writes it, `application/problem+json`. Thrown by a route, it is the response.
///
/// It carries only what a client may know; what is for the log is logged where it happens.
public struct ProblemDetails: Error, Hashable, Sendable, Codable {
  /// RFC 9457 §4.2.1: `about:blank` says that `status` is the type; `code` tells the cases apart.
  public var type: String
  public var title: String
  /// The HTTP status, `status` in the body.
  public var statusCode: Int
  /// One sentence.
  public var detail: String?
  /// Stable, for programs: `not_found`, `policy`, `body_too_large`.
  public var code: String
  /// The rule of a profile that refused.
  public var rule: String?
  /// What to do about it.
  public var hint: String?
  /// Of the log, where it does not go on after what was asked for: its epoch, its size and where to go on.
  public var epoch: Int?
  public var size: Int64?
  public var after: String?
  /// Seconds for the Retry-After header; not in the body.
  public var retryAfter: Int?

  private enum CodingKeys: String, CodingKey {
    case type, title
    case statusCode = "status"
    case detail, code, rule, hint, epoch, size, after
  }

  public init(
    _ status: HTTPResponse.Status, code: String, _ detail: String? = nil, rule: String? = nil, hint: String? = nil,
    retryAfter: Int? = nil
  ) {
    type = "about:blank"
    title = status.reasonPhrase
    statusCode = status.code
    self.detail = detail
    self.code = code
    self.rule = rule
    self.hint = hint
    self.retryAfter = retryAfter
  }
}

extension ProblemDetails: HTTPResponseError {
  public var status: HTTPResponse.Status { HTTPResponse.Status(code: statusCode, reasonPhrase: title) }

  public func response(from request: Request, context: some RequestContext) throws -> Response { response() }

  /// The rendered problem.
  public func response() -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A struct of strings and a number always encodes; an empty object is still valid JSON.
    let body = (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("{}".utf8)
    var response = Response(
      status: status,
      headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
    return response
  }
}

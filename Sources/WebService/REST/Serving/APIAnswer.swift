import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a handler answers: complete, so that it can be kept for a repeated request.
struct APIAnswer: Hashable, Sendable {
  var status: Int
  var contentType: String
  var body: [UInt8]

  init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  static func json(_ value: some Encodable, status: Int = 200) throws -> APIAnswer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return APIAnswer(status: status, contentType: "application/json", body: [UInt8](try encoder.encode(value)))
  }

  static func text(_ text: String) -> APIAnswer {
    APIAnswer(contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  var response: Response {
    // What an administrator sees may be a secret, and is never for a cache.
    Response(
      status: HTTPResponse.Status(code: status), headers: [.contentType: contentType, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}

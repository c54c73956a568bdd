import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// From a parsed request to a written response: the rate bound, the router, the header fields that every answer has.
///
/// The framework's own application type is passed by: it copies and tags a logger for each request.
struct RequestHandling: Sendable {
  let routes: Routes
  let rate: RequestRate
  let boundLog: BoundLog
  let date = HTTPDate()
  let logger: Logger

  /// Which port offers what.
  struct Routes: Sendable {
    let secure: RouterResponder<WebRequestContext>
    let plain: RouterResponder<WebRequestContext>
  }

  func responder(for connection: WebConnection) -> HTTPChannelHandler.Responder {
    { request, writer, _ in
      let response = await respond(to: request, on: connection)
      try await writer.write(response: response.head, body: response.body)
    }
  }

  private func respond(to request: Request, on connection: WebConnection) async -> Response {
    let context = WebRequestContext(
      source: WebRequestSource(connection: connection, requestID: connection.nextRequest(), logger: logger))
    var response: Response
    if let bound = rate.admit(connection.address) {
      boundLog.note(bound, address: connection.address)
      response = .text(.tooManyRequests, bound.description)
      response.headers[.retryAfter] = "1"
    } else {
      response = await route(request, context)
    }
    response.headers[.date] = date.now()
    return response
  }

  private func route(_ request: Request, _ context: WebRequestContext) async -> Response {
    let router = context.connection.isSecure ? routes.secure : routes.plain
    do {
      let response = try await router.respond(to: request, context: context)
      // The router's own answer to what it does not know.
      guard response.status == .notFound, response.body.contentLength == 0 else { return response }
      return ProblemDetails(.notFound, code: "not_found", "there is nothing at this address").response()
    } catch {
      logger.error("request failed", metadata: ["request": "\(context.requestID)", "error": "\(error)"])
      return ProblemDetails(
        .internalServerError, code: "internal", "something went wrong here; the log has it under \(context.requestID)"
      ).response()
    }
  }
}

extension Response {
  /// One line of text.
  static func text(_ status: HTTPResponse.Status, _ line: String) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: line + "\n")))
  }
}

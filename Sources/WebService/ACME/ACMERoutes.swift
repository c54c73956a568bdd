import Enrollment
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Registry

/// `/acme/PROFILE/directory` and what it leads to (RFC 8555 §7.1), on the HTTPS port.
public struct ACMERoutes: WebRoutes {
  private let service: ACMEService
  private let bound: BodyBound
  private let logger: Logger

  public init(service: ACMEService, bound: BodyBound, logger: Logger) {
    self.service = service
    self.bound = bound
    self.logger = logger
  }

  public func register(on router: Router<WebRequestContext>) {
    for path in ["acme/:profile/:first", "acme/:profile/:first/:second", "acme/:profile/:first/:second/:third"] {
      for method in [HTTPRequest.Method.get, .head, .post] {
        router.on(RouterPath(path), method: method) { request, context in await respond(request, context) }
      }
    }
  }

  private func respond(_ request: Request, _ context: WebRequestContext) async -> Response {
    guard let asked = ACMERequest(request, context, body: []) else {
      return ProblemDetails(.notFound, code: "not_found", "there is nothing at this address").response()
    }
    guard asked.isPost else { return answer(await service.answer(asked), asked, request, context) }
    let body: [UInt8]
    do throws(BodyFailure) {
      body = try await request.bytes(within: bound)
    } catch {
      var response = Response.text(error.status, error.explanation)
      // What is left of the body is not waited for.
      response.headers[.connection] = "close"
      return response
    }
    guard let whole = ACMERequest(request, context, body: body) else { return Response(status: .notFound) }
    return answer(await service.answer(whole), whole, request, context)
  }

  private func answer(
    _ answer: ACMEAnswer, _ asked: ACMERequest, _ request: Request, _ context: WebRequestContext
  ) -> Response {
    if let problem = answer.problem { log(problem, asked, context) }
    var response = Response(answer)
    if request.method == .head {
      // RFC 8555 §7.2: 200 to HEAD, 204 to GET.
      if answer.status == 204 { response.status = .ok }
      response.body = ResponseBody()
      // Without a length an empty chunk would follow, which the next answer on the connection begins with.
      response.headers[.contentLength] = "0"
    }
    return response
  }

  /// One line a refusal; a nonce that is too old is a client's daily bread.
  private func log(_ problem: ACMEProblem, _ asked: ACMERequest, _ context: WebRequestContext) {
    guard problem.kind != .badNonce else { return }
    var metadata: Logger.Metadata = [
      "door": "acme", "operation": "\(asked.resource.path)", "code": "\(problem.kind.rawValue)",
      "status": "\(problem.status)", "reason": "\(problem.detail)", "address": "\(asked.address)",
      "request": "\(context.requestID)", "label": "\(asked.profile)",
    ]
    metadata["detail"] = problem.logged.map { "\($0)" }
    logger.log(level: problem.status >= 500 ? .error : .notice, "refused", metadata: metadata)
  }
}

extension ACMERequest {
  /// Nil for what no directory leads to.
  fileprivate init?(_ request: Request, _ context: WebRequestContext, body: [UInt8]) {
    let segments = ["first", "second", "third"].compactMap { context.parameters.get($0) }
    // The address that the client names is the one that it signed; RFC 8555 §6.4 compares the two.
    guard let profile = context.parameters.get("profile").flatMap({ ProfileName(rawValue: $0) }),
      let resource = ACMEResource(segments: segments, query: request.uri.query), let host = request.head.authority,
      host.utf8.count <= 260, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    else { return nil }
    self.init(
      profile: profile, resource: resource, base: "https://\(host)/acme/\(profile)/", isPost: request.method == .post,
      contentType: request.headers[.contentType], body: body, address: context.clientAddress)
  }
}

extension Response {
  fileprivate init(_ answer: ACMEAnswer) {
    var headers = HTTPFields()
    headers[.contentType] = answer.contentType
    headers[.location] = answer.location
    headers[.retryAfter] = answer.retryAfter.map { String($0) }
    headers[.replayNonce] = answer.nonce
    for link in answer.links {
      headers.append(HTTPField(name: .webLink, value: "<\(link.target)>;rel=\"\(link.relation)\""))
    }
    // RFC 8555 §6.5.1.
    headers[.cacheControl] = "no-store"
    let body = answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
    self.init(status: HTTPResponse.Status(code: answer.status), headers: headers, body: body)
    if answer.status == 204 { self.headers[.contentLength] = nil }
  }
}

extension HTTPField.Name {
  fileprivate static let webLink = HTTPField.Name("Link") ?? .location
  fileprivate static let replayNonce = HTTPField.Name("Replay-Nonce") ?? .eTag
}

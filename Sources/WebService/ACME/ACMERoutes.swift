import Enrollment
import HTTPTypes
import Hummingbird
import NIOCore
import Registry

/// `/acme/PROFILE/directory` and what it leads to (RFC 8555 §7.1), on the HTTPS port.
public struct ACMERoutes: WebRoutes {
  private let service: ACMEService
  private let door: DeviceDoor
  private let isOwn: @Sendable (String) -> Bool

  /// - Parameter isOwn: whether the server's certificate has this name or address.
  public init(service: ACMEService, door: DeviceDoor, isOwn: @escaping @Sendable (String) -> Bool) {
    (self.service, self.door, self.isOwn) = (service, door, isOwn)
  }

  public func register(on router: Router<WebRequestContext>) {
    for path in ["acme/:profile/:first", "acme/:profile/:first/:second", "acme/:profile/:first/:second/:third"] {
      for method in [HTTPRequest.Method.get, .head, .post] {
        router.on(RouterPath(path), method: method) { request, context in await respond(request, context) }
      }
    }
  }

  private func respond(_ request: Request, _ context: WebRequestContext) async -> Response {
    guard var asked = ACMERequest(request, context) else {
      return ProblemDetails(.notFound, code: "not_found", "there is nothing at this address").response()
    }
    // RFC 8555 §6.4: what was signed for another server is not taken here, whatever name this one is called by.
    guard isOwn(Self.host(of: request)) else {
      let line = "this server does not have that name; hosts in touchmark.yaml gives it more"
      return ProblemDetails(.misdirectedRequest, code: "misdirected", line).response()
    }
    if asked.isPost {
      do throws(BodyFailure) { asked.body = try await door.body(of: request) } catch {
        return door.refuse(error, context)
      }
    }
    return answer(await service.answer(asked), asked, request, context)
  }

  /// Without its port.
  private static func host(of request: Request) -> String {
    let authority = request.head.authority ?? ""
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    return String(authority.prefix { $0 != ":" })
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

  /// A nonce that is too old is a client's daily bread.
  private func log(_ problem: ACMEProblem, _ asked: ACMERequest, _ context: WebRequestContext) {
    guard problem.kind != .badNonce else { return }
    var line = RefusalLine(problem.detail)
    (line.code, line.status, line.detail) = (problem.kind.rawValue, problem.status, problem.logged)
    (line.operation, line.label) = (asked.resource.path, "\(asked.profile)")
    line.isOurs = problem.status >= 500
    door.log(line, context)
  }
}

extension ACMERequest {
  /// Nil for what no directory leads to.
  fileprivate init?(_ request: Request, _ context: WebRequestContext) {
    let segments = ["first", "second", "third"].compactMap { context.parameters.get($0) }
    // The address that the client names is the one that it signed; RFC 8555 §6.4 compares the two.
    guard let profile = context.parameters.get("profile").flatMap({ ProfileName(rawValue: $0) }),
      let resource = ACMEResource(segments: segments, query: request.uri.query), let host = request.head.authority,
      host.utf8.count <= 260, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    else { return nil }
    self.init(
      profile: profile, resource: resource, base: "https://\(host)/acme/\(profile)/", isPost: request.method == .post,
      contentType: request.headers[.contentType], body: [], address: context.clientAddress)
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

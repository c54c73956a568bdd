import Enrollment
import HTTPTypes
import Hummingbird
import Issuance
import NIOCore
import Registry
import WireFormats

/// `/scep/PROFILE` and `/scep/PROFILE/pkiclient.exe` (RFC 8894 §4.1) on both ports: messages are signed and encrypted
/// themselves.
public struct SCEPRoutes: WebRoutes {
  private let service: SCEPService
  private let door: DeviceDoor

  public init(service: SCEPService, door: DeviceDoor) { (self.service, self.door) = (service, door) }

  public func register(on router: Router<WebRequestContext>) {
    for path in ["scep/:profile", "scep/:profile/pkiclient.exe"] {
      for method in [HTTPRequest.Method.get, .post] {
        router.on(RouterPath(path), method: method) { request, context in await respond(request, context) }
      }
    }
  }

  private func respond(_ request: Request, _ context: WebRequestContext) async -> Response {
    let query = SCEPQuery(parsing: request.uri.query ?? "")
    var posted: [UInt8]?
    if request.method == .post {
      do throws(BodyFailure) { posted = try await door.body(of: request) } catch { return door.refuse(error, context) }
    }
    let answer: SCEPAnswer
    do throws(Refusal) {
      answer = try await self.answer(query, message: posted ?? query.message, context)
    } catch {
      answer = SCEPAnswer(error)
    }
    return finish(answer, query, context)
  }

  private func answer(
    _ query: SCEPQuery, message: [UInt8]?, _ context: WebRequestContext
  ) async throws(Refusal) -> SCEPAnswer {
    guard let profile = ProfileName(rawValue: context.parameters.get("profile") ?? "") else {
      throw Refusal(.notFound, "there is no such profile over SCEP")
    }
    switch query.operation {
    case .getCACaps: return try await service.capabilities(profile)
    case .getCACert: return try await service.authorityCertificates(profile)
    case .getNextCACert: return try await service.nextAuthorityCertificates(profile)
    case .pkiOperation:
      guard let message else { throw Refusal(.badRequest, "message is not base64") }
      return try await service.operate(message, profile: profile, address: context.clientAddress)
    case nil: throw Refusal(.badRequest, "operation is GetCACaps, GetCACert, GetNextCACert or PKIOperation")
    }
  }
}

extension SCEPRoutes {
  private func finish(_ answer: SCEPAnswer, _ query: SCEPQuery, _ context: WebRequestContext) -> Response {
    guard let refusal = answer.refusal else { return Response(answer) }
    var answer = answer
    if refusal.code == .unauthenticated,
      let wait = door.noteWrongSecret(of: answer.claimedName ?? "", from: context.clientAddress)
    {
      answer = .text(
        429, wait.explanation, retryAfter: wait.seconds, refusal: refusal, claimedName: answer.claimedName)
    }
    var line = RefusalLine(refusal, status: answer.status)
    (line.operation, line.name) = (query.operation?.rawValue, answer.claimedName)
    line.label = context.parameters.get("profile")
    door.log(line, context)
    return Response(answer)
  }
}

extension Response {
  fileprivate init(_ answer: SCEPAnswer) {
    var headers: HTTPFields = [.contentType: answer.contentType, .cacheControl: "no-store"]
    if let retryAfter = answer.retryAfter { headers[.retryAfter] = String(retryAfter) }
    self.init(
      status: HTTPResponse.Status(code: answer.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

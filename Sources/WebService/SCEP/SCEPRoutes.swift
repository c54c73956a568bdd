import Enrollment
import HTTPTypes
import Hummingbird
import Issuance
import Logging
import NIOCore
import Registry
import WireFormats

/// `/scep/PROFILE` and `/scep/PROFILE/pkiclient.exe` (RFC 8894 §4.1) on both ports: messages are signed and encrypted
/// themselves.
public struct SCEPRoutes: WebRoutes {
  private let service: SCEPService
  private let bound: BodyBound
  private let throttle: WrongSecretThrottle
  private let now: @Sendable () -> Instant
  private let logger: Logger

  /// - Parameter throttle: one for all doors that take secrets.
  public init(
    service: SCEPService, bound: BodyBound, throttle: WrongSecretThrottle, now: @escaping @Sendable () -> Instant,
    logger: Logger
  ) {
    self.service = service
    self.bound = bound
    self.throttle = throttle
    self.now = now
    self.logger = logger
  }

  public func register(on router: Router<WebRequestContext>) {
    for path in ["scep/:profile", "scep/:profile/pkiclient.exe"] {
      for method in [HTTPRequest.Method.get, .post] {
        router.on(RouterPath(path), method: method) { request, context in await respond(request, context) }
      }
    }
  }

  private func respond(_ request: Request, _ context: WebRequestContext) async -> Response {
    let query = SCEPQuery(parsing: request.uri.query ?? "")
    let answer: SCEPAnswer
    do throws(Refusal) {
      answer = try await self.answer(query, request, context)
    } catch {
      answer = SCEPAnswer(error)
    }
    return finish(answer, query, context)
  }

  private func answer(
    _ query: SCEPQuery, _ request: Request, _ context: WebRequestContext
  ) async throws(Refusal) -> SCEPAnswer {
    guard let profile = ProfileName(rawValue: context.parameters.get("profile") ?? "") else {
      throw Refusal(.notFound, "there is no such profile over SCEP")
    }
    switch query.operation {
    case .getCACaps: return try await service.capabilities(profile)
    case .getCACert: return try await service.authorityCertificates(profile)
    case .getNextCACert: return try await service.nextAuthorityCertificates(profile)
    case .pkiOperation:
      let message = try await message(query, request)
      return try await service.operate(message, profile: profile, address: context.clientAddress)
    case nil: throw Refusal(.badRequest, "operation is GetCACaps, GetCACert, GetNextCACert or PKIOperation")
    }
  }

  private func message(_ query: SCEPQuery, _ request: Request) async throws(Refusal) -> [UInt8] {
    guard request.method == .post else {
      guard let message = query.message else { throw Refusal(.badRequest, "message is not base64") }
      return message
    }
    do throws(BodyFailure) { return try await request.bytes(within: bound) } catch {
      throw Refusal(.badRequest, error.explanation)
    }
  }
}

extension SCEPRoutes {
  /// The ninth wrong secret of a name from an address is told to wait; the right one never is.
  private func finish(_ answer: SCEPAnswer, _ query: SCEPQuery, _ context: WebRequestContext) -> Response {
    guard let refusal = answer.refusal else { return Response(answer) }
    var answer = answer
    if refusal.code == .unauthenticated,
      let wait = throttle.noteWrong(name: answer.claimedName ?? "", address: context.clientAddress, at: now())
    {
      answer = .text(429, throttle.explanation, retryAfter: wait, refusal: refusal, claimedName: answer.claimedName)
    }
    log(refusal, answer, query, context)
    return Response(answer)
  }

  /// One line a refusal. No secret is in these fields.
  private func log(_ refusal: Refusal, _ answer: SCEPAnswer, _ query: SCEPQuery, _ context: WebRequestContext) {
    var metadata: Logger.Metadata = [
      "door": "scep", "code": "\(refusal.code)", "status": "\(answer.status)", "reason": "\(refusal.reason)",
      "address": "\(context.clientAddress)", "request": "\(context.requestID)",
    ]
    metadata["operation"] = query.operation.map { "\($0.rawValue)" }
    metadata["label"] = context.parameters.get("profile").map { "\($0)" }
    metadata["rule"] = refusal.rule.map { "\($0)" }
    metadata["name"] = answer.claimedName.map { "\($0)" }
    metadata["detail"] = refusal.detail.map { "\($0)" }
    logger.log(level: refusal.code == .unavailable ? .error : .notice, "refused", metadata: metadata)
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

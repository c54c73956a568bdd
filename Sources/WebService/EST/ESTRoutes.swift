import Enrollment
import HTTPTypes
import Hummingbird
import Issuance
import NIOCore
import WireFormats

/// `/.well-known/est` (RFC 7030 §3.2.2) on the HTTPS port, with and without a label.
public struct ESTRoutes: WebRoutes {
  private let service: ESTService
  private let door: DeviceDoor

  public init(service: ESTService, door: DeviceDoor) { (self.service, self.door) = (service, door) }

  public func register(on router: Router<WebRequestContext>) {
    for operation in ESTOperation.allCases {
      for path in [".well-known/est", ".well-known/est/:label"] {
        let path = RouterPath("\(path)/\(operation.rawValue)")
        router.on(path, method: operation.isPost ? .post : .get) { request, context in
          await respond(operation, request, context)
        }
        router.on(path, method: operation.isPost ? .get : .post) { _, _ in
          var response = Response.text(.methodNotAllowed, "\(operation) is a \(operation.isPost ? "POST" : "GET")")
          response.headers[.allow] = operation.isPost ? "POST" : "GET"
          return response
        }
      }
    }
  }

  private func respond(_ operation: ESTOperation, _ request: Request, _ context: WebRequestContext) async -> Response {
    guard service.offers(operation) else { return Response(.notOffered(operation)) }
    let asked = ESTRequest(operation, request, context)
    do throws(Refusal) {
      switch operation {
      case .cacerts: return Response(try await service.cacerts(asked))
      case .csrattrs: return Response(try await service.csrattrs(asked))
      case .simpleenroll, .simplereenroll, .serverkeygen: return try await enroll(asked, request, context)
      case .fullcmc: return Response(.notOffered(operation))
      }
    } catch {
      return refuse(error, asked, context)
    }
  }

  private func enroll(
    _ asked: ESTRequest, _ request: Request, _ context: WebRequestContext
  ) async throws(Refusal) -> Response {
    // No EST client is a page in a browser, and a browser that holds a certificate would present it for any page.
    guard request.headers[.origin] == nil else { throw Refusal(.forbidden, "EST is not for web pages") }
    let credential = try asked.credential()
    let body: [UInt8]
    do throws(BodyFailure) {
      body = try await door.body(of: request)
    } catch {
      return door.refuse(error, context)
    }
    guard asked.operation == .serverkeygen else {
      return Response(try await service.enroll(asked, credential: credential, body: body))
    }
    return Response(try await service.serverkeygen(asked, credential: credential, body: body))
  }
}

extension ESTRoutes {
  private func refuse(_ refusal: Refusal, _ asked: ESTRequest, _ context: WebRequestContext) -> Response {
    var refusal = refusal
    var retryAfter: Int?
    if refusal.code == .unauthenticated, asked.operation != .simplereenroll, let name = asked.authorization?.name {
      if let wait = door.noteWrongSecret(of: name, from: asked.address) {
        retryAfter = wait.seconds
        refusal = Refusal(.throttled, wait.explanation, detail: refusal.detail)
      }
    }
    let answer = ESTAnswer(refusal, retryAfter: retryAfter)
    var line = RefusalLine(refusal, status: answer.status)
    (line.operation, line.label, line.name) = ("\(asked.operation)", asked.label, asked.authorization?.name)
    door.log(line, context)
    return Response(answer)
  }
}

extension ESTRequest {
  fileprivate init(_ operation: ESTOperation, _ request: Request, _ context: WebRequestContext) {
    self.init(
      operation: operation, label: context.parameters.get("label"), contentType: request.headers[.contentType],
      authorization: request.headers[.authorization].flatMap { BasicAuthorization(parsing: $0) },
      certificate: context.peerCertificate, chain: context.peerChain,
      keyHome: HTTPField.Name("Touchmark-Key-Home").flatMap { request.headers[$0] }, address: context.clientAddress)
  }
}

extension Response {
  fileprivate init(_ answer: ESTAnswer) {
    var headers = HTTPFields()
    if let contentType = answer.contentType { headers[.contentType] = contentType }
    if answer.isBase64 { headers[.contentTransferEncoding] = "base64" }
    if let retryAfter = answer.retryAfter { headers[.retryAfter] = String(retryAfter) }
    if let challenge = answer.challenge { headers[.wwwAuthenticate] = challenge }
    headers[.cacheControl] = "no-store"
    let body = answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
    self.init(status: HTTPResponse.Status(code: answer.status), headers: headers, body: body)
    // RFC 9110 §8.6: an answer 204 has no Content-Length.
    if answer.status == 204 { self.headers[.contentLength] = nil }
  }
}

extension HTTPField.Name {
  // RFC 7030 §4.1.3 asks for this field of MIME in HTTP answers.
  fileprivate static let contentTransferEncoding = HTTPField.Name("Content-Transfer-Encoding") ?? .contentEncoding
}

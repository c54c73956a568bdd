import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Status
import Watching

/// `/ocsp`, `/crl/AUTHORITY.crl` and `/ca/AUTHORITY.cer` on the plain port: what is signed already, for whoever checks.
public struct StatusRoutes: WebRoutes {
  private let service: StatusService
  private let bound: BodyBound
  private let measures: Measures
  private let logger: Logger

  public init(service: StatusService, bound: BodyBound, measures: Measures = Measures(), logger: Logger) {
    self.service = service
    self.bound = bound
    self.measures = measures
    self.logger = logger
  }

  public func register(on router: Router<WebRequestContext>) {
    router.post("ocsp") { request, _ in
      let body = try await request.bytes(within: bound)
      let began = ContinuousClock.now
      defer { measures.answered(method: "POST", in: began.duration(to: .now)) }
      return Response(await service.ocsp(body: body))
    }
    // RFC 6960 §A.1: base64 in the path, which may hold slashes and be escaped or not: the request line's own text.
    router.get("ocsp/**") { request, _ in
      let began = ContinuousClock.now
      defer { measures.answered(method: "GET", in: began.duration(to: .now)) }
      let answer = await service.ocsp(path: request.uri.path.dropFirst("/ocsp/".count))
      return Response(answer.conditional(request))
    }
    router.get("crl/:file") { request, context in
      await file(request, context) { try await service.revocationList(file: $0) }
    }
    router.get("ca/:file") { request, context in
      await file(request, context) { try await service.authorityCertificate(file: $0) }
    }
  }

  private func file(
    _ request: Request, _ context: WebRequestContext, _ find: (String) async throws -> StatusAnswer?
  ) async -> Response {
    do {
      guard let answer = try await find(context.parameters.get("file") ?? "") else {
        return .text(.notFound, "there is no such authority")
      }
      return Response(answer.conditional(request))
    } catch {
      logger.error(
        "status failed",
        metadata: ["path": "\(request.uri.path)", "error": "\(error)", "request": "\(context.requestID)"])
      var response = Response.text(.serviceUnavailable, "this cannot be answered now")
      response.headers[.retryAfter] = "5"
      return response
    }
  }
}

extension StatusAnswer {
  fileprivate func conditional(_ request: Request) -> StatusAnswer {
    conditional(ifNoneMatch: request.headers[.ifNoneMatch], ifModifiedSince: request.headers[.ifModifiedSince])
  }
}

extension Response {
  fileprivate init(_ answer: StatusAnswer) {
    var fields = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    let body = answer.bytes.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes))
    self.init(status: HTTPResponse.Status(code: answer.status), headers: fields, body: body)
    // RFC 9110 §15.4.5, §8.6: a 304 has no body whose length could be told.
    if answer.status == 304 { headers[.contentLength] = nil }
  }
}

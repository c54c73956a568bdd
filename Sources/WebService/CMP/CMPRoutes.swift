import Enrollment
import HTTPTypes
import Hummingbird
import NIOCore

/// `/.well-known/cmp` and `/.well-known/cmp/p/PROFILE` (RFC 9811 §3.4), each with and without an operation's label
/// (RFC 9483 §6.1). The same on both ports: messages are protected by themselves.
public struct CMPRoutes: WebRoutes {
  private let service: CMPService
  private let door: DeviceDoor

  public init(service: CMPService, door: DeviceDoor) { (self.service, self.door) = (service, door) }

  public func register(on router: Router<WebRequestContext>) {
    let base = ".well-known/cmp"
    for path in [base, base + "/:operation", base + "/p/:profile", base + "/p/:profile/:operation"] {
      let path = RouterPath(path)
      router.post(path) { request, context in await respond(request, context) }
      router.get(path) { _, _ in
        // RFC 9811 §3.2: a message is a POST.
        var response = Response.text(.methodNotAllowed, "CMP messages are posted")
        response.headers[.allow] = "POST"
        return response
      }
    }
  }

  private func respond(_ request: Request, _ context: WebRequestContext) async -> Response {
    var operation: CMPOperation?
    if let name = context.parameters.get("operation") {
      operation = CMPOperation(rawValue: name)
      guard operation != nil else { return .text(.notFound, "CMP has no operation \(name.prefix(32)) here") }
    }
    // RFC 9811 §3.4. A page in a browser cannot send this type by itself.
    let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
    guard type == "application/pkixcmp" else {
      return .text(.unsupportedMediaType, "the Content-Type of a CMP message is application/pkixcmp")
    }
    let body: [UInt8]
    do throws(BodyFailure) {
      body = try await door.body(of: request)
    } catch {
      return door.refuse(error, context)
    }
    let address = CMPAddress(
      label: context.parameters.get("profile"), operation: operation, client: context.clientAddress)
    let answer = await service.answer(body, at: address)
    log(answer, address, context)
    guard let message = answer.message else { return .text(.badRequest, "the body is no CMP message in DER") }
    // RFC 9811 §3.3: what CMP can say is said in CMP, under 200.
    return Response(
      status: .ok, headers: [.contentType: "application/pkixcmp", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: message)))
  }

  private func log(_ answer: CMPAnswer, _ address: CMPAddress, _ context: WebRequestContext) {
    guard answer.failure != nil || answer.message == nil else { return }
    var line = RefusalLine(answer.failure?.text ?? "no CMP message")
    (line.operation, line.label, line.name) = (answer.kind.map { "\($0)" }, address.label, answer.sender)
    line.detail = answer.failure?.detail
    door.log(line, context)
  }
}

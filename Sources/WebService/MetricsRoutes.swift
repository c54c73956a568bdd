import HTTPTypes
import Hummingbird
import Issuance
import Logging
import NIOCore
import Registry
import Watching

/// `/metrics`: on the plain port for this machine alone, on the HTTPS port with the certificate of whoever may read.
public struct MetricsRoutes: WebRoutes {
  /// Who is answered.
  public enum Access: Sendable {
    /// Connections from this machine, with no sign that they were passed on.
    case loopback
    /// Auditors, operators and administrators.
    case readers(AdministratorService)
  }

  private let access: Access
  private let measures: Measures
  private let gauges: Gauges
  private let logger: Logger

  public init(access: Access, measures: Measures, gauges: Gauges, logger: Logger) {
    (self.access, self.measures, self.gauges, self.logger) = (access, measures, gauges, logger)
  }

  public func register(on router: Router<WebRequestContext>) {
    router.get("metrics") { request, context in await answer(request, context) }
  }

  private func answer(_ request: Request, _ context: WebRequestContext) async -> Response {
    do {
      try await check(request, context)
      var text = MetricText()
      measures.render(into: &text)
      try await gauges.render(into: &text)
      return Response(
        status: .ok, headers: [.contentType: MetricText.contentType, .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
    } catch {
      if let problem = ProblemDetails.from(error) { return problem.response() }
      logger.error("metrics failed", metadata: ["error": "\(error)", "request": "\(context.requestID)"])
      return .text(.serviceUnavailable, "this cannot be answered now")
    }
  }

  private func check(_ request: Request, _ context: WebRequestContext) async throws {
    switch access {
    case .loopback:
      guard Self.isLoopback(context.clientAddress), !Self.wasPassedOn(request) else {
        // As if it were not there: what is served here is nobody's business elsewhere.
        throw ProblemDetails(.notFound, code: "not_found", "there is nothing at this address")
      }
    case .readers(let administrators):
      let actor = try await administrators.authenticate(certificate: context.peerCertificate)
      guard [.administrator, .operator, .auditor].contains(actor.role) else {
        throw Refusal(.forbidden, "the role \(actor.role.rawValue) may not do this")
      }
    }
  }

  private static func isLoopback(_ address: String) -> Bool {
    address == "::1" || address == "::ffff:127.0.0.1" || address.hasPrefix("127.")
  }

  /// A reverse proxy on this machine has a loopback address too, and its clients do not.
  private static func wasPassedOn(_ request: Request) -> Bool {
    ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].contains { name in
      HTTPField.Name(name).map { request.headers.contains($0) } ?? false
    }
  }
}

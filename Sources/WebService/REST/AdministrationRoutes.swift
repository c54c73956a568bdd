import Enrollment
import HTTPTypes
import Hummingbird
import Issuance
import Logging
import Registry

/// `/api/v1` on the HTTPS port: what administrators, stations and commands ask for, as JSON.
public struct AdministrationRoutes: WebRoutes {
  /// Every address of the interface begins so.
  public static let base = "/api/v1"

  let services: AdministrationServices
  let bounds: WebServerConfiguration.Bounds
  let throttle: WrongSecretThrottle
  let logger: Logger
  private let keeper: AnswerKeeper

  /// - Parameter throttle: one for all doors that take secrets.
  public init(
    services: AdministrationServices, bounds: WebServerConfiguration.Bounds, throttle: WrongSecretThrottle,
    logger: Logger
  ) {
    self.services = services
    self.bounds = bounds
    self.throttle = throttle
    self.logger = logger
    keeper = AnswerKeeper(administration: services.administration, sealing: services.sealing)
  }

  /// All of them, in the order of the document.
  var routes: [APIRoute] {
    [
      deviceRoutes, grantRoutes, certificateRoutes, enrollmentRoutes, tpmRoutes, evidenceRoutes, attestationRoutes,
      baselineRoutes, requestRoutes, profileRoutes,
      authorityRoutes,
      rolloverRoutes, addedAuthorityRoutes,
      auditRoutes, eventRoutes, notificationRoutes, trustRoutes, trustBundleRoutes, administratorRoutes, actRoutes,
      fleetRoutes, documentRoutes,
    ].flatMap { $0 }
  }

  public func register(on router: Router<WebRequestContext>) {
    for route in routes {
      router.on(RouterPath(Self.base + route.path), method: route.method) { request, context in
        await respond(route, request, context)
      }
    }
    refuseOtherMethods(on: router)
  }

  /// RFC 9110 §15.5.6: an address that exists says which methods it has.
  private func refuseOtherMethods(on router: Router<WebRequestContext>) {
    let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete]
    for (path, routes) in Dictionary(grouping: routes, by: \.path) {
      let known = routes.map(\.method)
      let allowed = known.map(\.rawValue).sorted().joined(separator: ", ")
      for method in methods where !known.contains(method) {
        router.on(RouterPath(Self.base + path), method: method) { _, _ in
          var response = ProblemDetails(
            .methodNotAllowed, code: "method_not_allowed", "this address takes \(allowed)"
          ).response()
          response.headers[.allow] = allowed
          return response
        }
      }
    }
  }

  private func respond(_ route: APIRoute, _ request: Request, _ context: WebRequestContext) async -> Response {
    do {
      return try await serve(route, request, context)
    } catch {
      return refuse(error, route, context)
    }
  }

  /// The guard of every route, in this order: where it comes from, who it is, whether the role may, what it says.
  private func serve(_ route: APIRoute, _ request: Request, _ context: WebRequestContext) async throws -> Response {
    let reader = RequestReader(route: route, bounds: bounds)
    try Self.checkOrigin(request)
    try reader.checkCredentials(request)
    _ = try await actor(for: route, context)
    // Nobody but a device in good standing has a body read here.
    if route.access == .deviceCertificate { try await services.appraisal.checkCaller(context.peerCertificate) }
    let body = try await reader.body(of: request)
    let call = try reader.call(request, context, body: body)
    // A body may be minutes under way, and its sender removed meanwhile.
    let actor = try await actor(for: route, context)
    guard let actor else {
      guard case .open(let handle) = route.handler else { throw ProblemDetails(.forbidden, code: "forbidden") }
      return try await open(handle, call, request)
    }
    let caller = AdministratorContext(actor: actor, call: call)
    guard route.isWrite, let key = request.headers[.idempotencyKey] else {
      return try await handle(route, caller).response
    }
    let repeatable = try AnswerKeeper.Request(
      key: key, actor: actor, method: route.method.rawValue, address: request.uri.string, body: body)
    let given = try await handle(route, caller, repeatable: repeatable)
    var response = given.answer.response
    if given.isRepeated { response.headers[.idempotencyReplayed] = "true" }
    return response
  }

  /// A browser that holds an administrator's certificate would present it for any page that asks it to.
  private static func checkOrigin(_ request: Request) throws(ProblemDetails) {
    guard let origin = request.headers[.origin] else { return }
    guard let authority = request.head.authority, origin == "https://\(authority)" else {
      throw ProblemDetails(.forbidden, code: "forbidden", "another site's page may not ask this")
    }
  }

  /// Nil for routes that need no administrator. A role that may not is in the log.
  private func actor(for route: APIRoute, _ context: WebRequestContext) async throws(Refusal) -> Actor? {
    guard case .roles(let roles) = route.access else { return nil }
    let actor = try await services.administrators.authenticate(certificate: context.peerCertificate)
    guard roles.contains(actor.role) else {
      let refusal = Refusal(
        .forbidden, "the role \(actor.role.rawValue) may not do this",
        hint: "roles that may: " + roles.map(\.rawValue).sorted().joined(separator: ", "))
      await services.administration.recordRefusal(
        refusal, of: "administration.access", on: "operation:\(route.operation)", by: actor, through: .rest)
      throw refusal
    }
    return actor
  }
}

extension AdministrationRoutes {
  private func handle(_ route: APIRoute, _ caller: AdministratorContext) async throws -> APIAnswer {
    switch route.handler {
    case .open(let handle): try await handle(caller.call)
    case .read(let handle): try await handle(caller)
    case .act(let prepare): try await perform(try prepare(caller), caller, repeatable: nil).answer
    case .effect(let act, let handle): try await effect(act, handle, route, caller)
    }
  }

  private func handle(
    _ route: APIRoute, _ caller: AdministratorContext, repeatable: AnswerKeeper.Request
  ) async throws -> AnswerKeeper.Given {
    if case .act(let prepare) = route.handler {
      return try await perform(try prepare(caller), caller, repeatable: repeatable)
    }
    return try await keeper.around(repeatable) { try await handle(route, caller) }
  }

  /// Act, audit entry and kept answer in one transaction; a refusal is logged in another.
  private func perform(
    _ act: PreparedAct, _ caller: AdministratorContext, repeatable: AnswerKeeper.Request?
  ) async throws -> AnswerKeeper.Given {
    let administration = services.administration
    do {
      return try await services.store.write { [keeper] writer in
        if let repeatable, let known = try keeper.answer(to: repeatable, in: writer) {
          return AnswerKeeper.Given(answer: known, isRepeated: true)
        }
        let answer = try act.run(administration, caller.actor, writer)
        if let repeatable { try keeper.keep(answer, to: repeatable, in: writer) }
        return AnswerKeeper.Given(answer: answer, isRepeated: false)
      }
    } catch let problem as ProblemDetails {
      throw problem
    } catch {
      let refusal = Refusal.from(error)
      await administration.recordRefusal(refusal, of: act.name, on: act.subject, by: caller.actor, through: .rest)
      throw refusal
    }
  }

  private func effect(
    _ act: String?, _ handle: @Sendable (AdministratorContext) async throws -> APIAnswer, _ route: APIRoute,
    _ caller: AdministratorContext
  ) async throws -> APIAnswer {
    do {
      return try await handle(caller)
    } catch let refusal as Refusal {
      guard let act else { throw refusal }
      let subject = route.segments.first.map { "\($0):\(caller.call.segment($0))" } ?? "operation:\(route.operation)"
      await services.administration.recordRefusal(refusal, of: act, on: subject, by: caller.actor, through: .rest)
      throw refusal
    }
  }

  private func open(
    _ handle: @Sendable (APICall) async throws -> APIAnswer, _ call: APICall, _ request: Request
  ) async throws -> Response {
    try await handle(call).response
  }

  private func refuse(_ error: any Error, _ route: APIRoute, _ context: WebRequestContext) -> Response {
    let problem = ProblemDetails.from(error)
    var metadata: Logger.Metadata = [
      "door": "rest", "operation": "\(route.operation)", "address": "\(context.clientAddress)",
      "request": "\(context.requestID)",
    ]
    if let refusal = error as? Refusal { metadata["detail"] = refusal.detail.map { "\($0)" } }
    guard let problem else {
      metadata["error"] = "\(error)"
      logger.error("request failed", metadata: metadata)
      return ProblemDetails(
        .internalServerError, code: "internal", "something went wrong here; the log has it under \(context.requestID)"
      ).response()
    }
    metadata["code"] = "\(problem.code)"
    metadata["status"] = "\(problem.statusCode)"
    metadata["reason"] = problem.detail.map { "\($0)" }
    logger.log(level: problem.statusCode >= 500 ? .error : .notice, "refused", metadata: metadata)
    var response = problem.response()
    // RFC 9110 §11.6.1: an answer 401 says how to authenticate. For client certificates no scheme is registered.
    if problem.statusCode == 401 {
      response.headers[.wwwAuthenticate] =
        route.access == .device ? #"Basic realm="touchmark""# : #"ClientCertificate realm="touchmark""#
    }
    if case .tooLarge = error as? BodyFailure { response.headers[.connection] = "close" }
    return response
  }
}

extension HTTPField.Name {
  /// draft-ietf-httpapi-idempotency-key-header.
  static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
  static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .age
}

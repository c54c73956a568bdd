import AdministrationAPI
import Credentials
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// What needs a root's key: asked for here, answered where the key is, and installed here.
  var rolloverRoutes: [APIRoute] {
    [
      asking(
        "renew", "renewAuthority", "Asks the root for a new key's certificate; the authority's name stays.",
        body: .json("AuthorityRenewal", required: false)
      ) { service, id, context in
        let asked: AuthorityRenewal = try context.call.decoded()
        return try await service.renew(id, onto: asked.keys, by: context.actor, through: .rest)
      },
      asking(
        "revoke", "revokeAuthority", "Asks the root to revoke an authority that was renewed.",
        body: .json("Revocation", required: true)
      ) { service, id, context in
        let asked: Revocation = try context.call.decoded()
        guard let reason = RevocationReason(name: asked.reason) else {
          throw Refusal(.badRequest, "'\(asked.reason)' is no reason of RFC 5280")
        }
        return try await service.revoke(id, reason: reason, by: context.actor, through: .rest)
      },
      asking(
        "crl-request", "requestRootList", "Asks a root for its CRL, made ahead.",
        body: .json("RootListTerms", required: false)
      ) { service, id, context in
        let asked: RootListTerms = try context.call.decoded()
        guard let lifetime = asked.lifetime.map({ Span($0) }) ?? RootRequestService.listLifetime else {
          throw ProblemDetails.badRequest("lifetime is a span such as 365d")
        }
        return try await service.list(of: id, lifetime: lifetime, by: context.actor, through: .rest)
      },
      asking(
        "succeed", "succeedRoot", "Asks the waiting root to take the place of the one in force.",
        body: .json("RootSuccession", required: false)
      ) { service, id, context in
        let asked: RootSuccession = try context.call.decoded()
        return try await service.succeed(
          to: id, isCompromised: asked.compromised ?? false, by: context.actor, through: .rest)
      },
      asking(
        "export-request", "requestRootExport", "Asks approvers for leave to seal a root's key into a file."
      ) { service, id, context in
        try await service.export(of: id, by: context.actor, through: .rest)
      },
      recordExport, listRequests, showRequest, installAnswer,
    ]
  }

  private typealias Ask =
    @Sendable (RootRequestService, AuthorityID, AdministratorContext) async throws -> RootRequestRecord

  private func asking(
    _ verb: String, _ operation: String, _ summary: String, body: APIRoute.Body? = nil, _ ask: @escaping Ask
  ) -> APIRoute {
    APIRoute(
      method: .post, path: "/authorities/{id}/\(verb)", operation: operation, summary: summary, tag: "authorities",
      access: .administrators, body: body, success: .json("RootRequest", status: 201),
      handler: .effect(act: nil) { [services] context in
        guard let id = AuthorityID(rawValue: context.call.segment("id")) else {
          throw Refusal(.notFound, "no authority has this identifier")
        }
        return try .json(RootRequestItem(try await ask(services.rootRequests, id, context)), status: 201)
      })
  }

  private var recordExport: APIRoute {
    APIRoute(
      method: .post, path: "/authorities/{id}/export", operation: "recordRootExport",
      summary: "Writes into the log that a root's key was exported on the machine.", tag: "authorities",
      access: .administrators, body: .json("RootExport", required: false), success: .json("Authority"),
      handler: .act { context in
        let asked: RootExport = try context.call.decoded()
        let act = RootExportAct.record(
          context.call.segment("id"), isRemoved: asked.removed ?? false, request: asked.request,
          approval: asked.approval)
        return PreparedAct(act) { try .json(AuthorityItem($0, list: nil)) }
      })
  }

  private var listRequests: APIRoute {
    APIRoute(
      method: .get, path: "/root-requests", operation: "listRootRequests",
      summary: "What was asked of roots, in the order of identifiers.", tag: "authorities", access: .readers,
      query: QueryParameter.paging, success: .page(of: "RootRequest"),
      handler: .read { [services] context in
        let items = try await services.read { try $0.rootRequests(in: $1) }.map { RootRequestItem($0) }
        return try .json(ItemPage(listing: items.sorted { $0.id < $1.id }, as: context.call.query) { $0.id })
      })
  }

  private var showRequest: APIRoute {
    APIRoute(
      method: .get, path: "/root-requests/{id}", operation: "showRootRequest", summary: "What is asked of a root.",
      tag: "authorities", access: .readers, success: .json("RootRequest"),
      handler: .read { [services] context in
        let id = RootRequestID(rawValue: context.call.segment("id"))
        guard
          let record = try await services.read({ reader, organization in
            try id.flatMap { try reader.rootRequest($0, in: organization) }
          })
        else { throw Refusal(.notFound, "no request has this identifier") }
        return try .json(RootRequestItem(record))
      })
  }

  private var installAnswer: APIRoute {
    APIRoute(
      method: .post, path: "/root-requests/{id}/answer", operation: "installRootAnswer",
      summary: "Checks what a root signed against what was asked, and puts it into force.", tag: "authorities",
      access: .administrators, body: .json("RootAnswer", required: true), success: .json("InstalledAnswer"),
      handler: .effect(act: nil) { [services] context in
        let asked: RootAnswerBody = try context.call.decoded()
        guard let id = RootRequestID(rawValue: context.call.segment("id")) else {
          throw Refusal(.notFound, "no request has this identifier")
        }
        let done = try await services.rootRequests.install(asked.answer, for: id, by: context.actor, through: .rest)
        return try .json(
          InstalledAnswerItem(
            request: done.request.rawValue, act: done.act.rawValue, authority: done.authority.rawValue))
      })
  }
}

extension RootRequestItem {
  init(_ record: RootRequestRecord) {
    self.init(
      id: record.id.rawValue, act: record.act, createdAt: "\(record.createdAt)", createdBy: record.createdBy,
      expires: "\(record.expiresAt)", answeredAt: record.answeredAt?.description, request: record.note)
  }
}

import AdministrationAPI
import Issuance
import Registry

extension AdministrationRoutes {
  var requestRoutes: [APIRoute] { [listRequests, showRequest, approveRequest, denyRequest] }

  private var listRequests: APIRoute {
    APIRoute(
      method: .get, path: "/requests", operation: "listRequests",
      summary: "Requests that wait for an operator, and those on which one decided, oldest first.", tag: "requests",
      access: .readers, query: QueryParameter.paging + [.selection(of: .requests)],
      success: .page(of: "PendingRequest"),
      handler: .read { context in
        let (query, now) = (context.call.query, services.administration.now())
        let page = try await services.read { reader, organization in
          let selection = try query["where"].map { try Self.selection($0, of: .requests, at: now) }
          return try reader.pendingRequests(
            matching: selection, after: query.cursor, limit: query.limit, in: organization)
        }
        return try .json(ItemPage(items: page.items.map { PendingRequestItem($0) }, next: page.next?.rawValue))
      })
  }

  private var showRequest: APIRoute {
    APIRoute(
      method: .get, path: "/requests/{id}", operation: "showRequest", summary: "A request, with all that it asks for.",
      tag: "requests", access: .readers, success: .json("PendingRequest"),
      handler: .read { context in
        let request = try await services.read { reader, organization in
          try RequestService.find(context.call.segment("id"), in: organization, of: reader)
        }
        return try .json(PendingRequestItem(request, isWhole: true))
      })
  }

  private var approveRequest: APIRoute {
    APIRoute(
      method: .post, path: "/requests/{id}/approve", operation: "approveRequest",
      summary: "Lets the same request be answered with a certificate when it is asked again.", tag: "requests",
      access: .operators, body: .json("StandingReason", required: false), success: .json("PendingRequest"),
      handler: .act { context in
        let asked: StandingReason = try context.call.decoded()
        let act = services.requests.approve(context.call.segment("id"), reason: asked.reason)
        return PreparedAct(act) { try .json(PendingRequestItem($0)) }
      })
  }

  private var denyRequest: APIRoute {
    APIRoute(
      method: .post, path: "/requests/{id}/deny", operation: "denyRequest",
      summary: "Refuses the same request when it is asked again, with the reason given.", tag: "requests",
      access: .operators, body: .json("StandingReason", required: false), success: .json("PendingRequest"),
      handler: .act { context in
        let asked: StandingReason = try context.call.decoded()
        let act = services.requests.deny(context.call.segment("id"), reason: asked.reason)
        return PreparedAct(act) { try .json(PendingRequestItem($0)) }
      })
  }
}

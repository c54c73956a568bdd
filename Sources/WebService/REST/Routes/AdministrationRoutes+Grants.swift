import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var grantRoutes: [APIRoute] {
    [
      APIRoute(
        method: .get, path: "/grants", operation: "listGrants", summary: "Grants, in the order of names.",
        tag: "grants", access: .readers, query: QueryParameter.paging + [.selection(of: .grants)],
        success: .page(of: "Grant"),
        handler: .read { context in
          let (query, now) = (context.call.query, services.administration.now())
          let page = try await services.read { reader, organization in
            let selection = try query["where"].map { try Self.selection($0, of: .grants, at: now) }
            return try reader.grants(matching: selection, after: query.cursor, limit: query.limit, in: organization)
          }
          return try .json(ItemPage(items: page.items.map { GrantItem($0) }, next: page.next?.rawValue))
        }),
      APIRoute(
        method: .post, path: "/grants", operation: "addGrant", summary: "Lets a number of devices enroll.",
        tag: "grants", access: .operators, body: .json("NewGrant", required: true),
        success: .json("IssuedGrant", status: 201),
        handler: .act { context in
          let terms = try GrantTerms(try context.call.decoded(NewGrant.self))
          return PreparedAct(services.grants.add(terms)) {
            try .json(IssuedGrant($0, services.invitations), status: 201)
          }
        }),
      APIRoute(
        method: .get, path: "/grants/{name}", operation: "showGrant", summary: "A grant and how far it is used.",
        tag: "grants", access: .readers, success: .json("Grant"),
        handler: .read { context in
          let grant = try await services.read { reader, organization in
            try GrantService.find(context.call.segment("name"), in: organization, of: reader)
          }
          return try .json(GrantItem(grant))
        }),
      APIRoute(
        method: .post, path: "/grants/{name}/revoke", operation: "revokeGrant",
        summary: "Closes a grant; what was issued under it stays.", tag: "grants", access: .operators,
        body: .json("StandingReason", required: false), success: .json("Grant"),
        handler: .act { context in
          let asked: StandingReason = try context.call.decoded()
          let act = services.grants.revoke(context.call.segment("name"), reason: asked.reason)
          return PreparedAct(act) { try .json(GrantItem($0)) }
        }),
      APIRoute(
        method: .post, path: "/grants/{name}/reopen", operation: "reopenGrant",
        summary: "Opens a grant that a restore closed.", tag: "grants", access: .operators,
        body: .json("GrantReopening", required: false), success: .json("Grant"),
        handler: .act { context in
          let asked: GrantReopening = try context.call.decoded()
          let act = services.grants.reopen(
            context.call.segment("name"), lost: asked.lost, reason: asked.reason)
          return PreparedAct(act) { try .json(GrantItem($0)) }
        }),
    ]
  }
}

extension GrantTerms {
  init(_ asked: NewGrant) throws(ProblemDetails) {
    guard let lifetime = try AdministrationRoutes.span(asked.expiresIn, named: "expires_in") else {
      throw .badRequest("expires_in is missing")
    }
    let serials: SerialRange?
    switch (asked.serialsFrom, asked.serialsTo) {
    case (nil, nil): serials = nil
    case (let from?, let to?): serials = SerialRange(from: from, to: to)
    default: throw .badRequest("serials_from and serials_to come together")
    }
    self.init(
      profile: asked.profile, uses: asked.uses, lifetime: lifetime, lot: asked.lot, serials: serials,
      listed: asked.serials ?? [], forMAC: asked.mac ?? false, station: asked.station)
  }
}

extension IssuedGrant {
  init(_ given: GivenGrant, _ invitations: AdministrationServices.Invitations) {
    self.init(
      name: given.grant.name.rawValue, secret: given.secret.text, profile: given.grant.profile.rawValue,
      uses: given.grant.uses, expires: "\(given.grant.expiresAt)", url: invitations.url(),
      rootSHA256: Hex.encode(invitations.rootFingerprint))
  }
}

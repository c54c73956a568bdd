import AdministrationAPI
import Credentials
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// What is done to all that a selection names.
  var actRoutes: [APIRoute] { [listActs, prepareAct, showAct, startAct, inviteMembers, listMembers] }

  private var listActs: APIRoute {
    APIRoute(
      method: .get, path: "/acts", operation: "listActs", summary: "Acts on many, in the order of identifiers.",
      tag: "acts", access: .readers, query: QueryParameter.paging, success: .page(of: "BulkAct"),
      handler: .read { context in
        let query = context.call.query
        let page = try await services.read { reader, organization in
          try reader.bulkActs(after: query.cursor, limit: query.limit, in: organization)
        }
        return try .json(ItemPage(items: page.items.map { BulkActItem($0) }, next: page.next?.rawValue))
      })
  }

  private var prepareAct: APIRoute {
    APIRoute(
      method: .post, path: "/acts", operation: "prepareAct",
      summary: "Chooses all that a selection names, and does nothing to them before it is started.", tag: "acts",
      access: .operators, body: .json("NewBulkAct", required: true), success: .json("BulkAct", status: 201),
      handler: .act { context in
        let asked: NewBulkAct = try context.call.decoded()
        let act = try BulkAct(asked)
        let selection = try Self.selection(asked.where, of: act.subject, at: services.administration.now())
        return PreparedAct(BulkActService().prepare(act, where: selection, start: asked.start ?? false)) {
          try .json(BulkActItem($0), status: 201)
        }
      })
  }

  private var showAct: APIRoute {
    APIRoute(
      method: .get, path: "/acts/{id}", operation: "showAct", summary: "An act on many, and how far it has come.",
      tag: "acts", access: .readers, success: .json("BulkAct"),
      handler: .read { context in
        try .json(
          BulkActItem(
            try await services.read { try BulkActService.find(context.call.segment("id"), in: $1, of: $0) }))
      })
  }

  private var startAct: APIRoute {
    APIRoute(
      method: .post, path: "/acts/{id}/start", operation: "startAct",
      summary: "Does it, in parts. Starting again is harmless.", tag: "acts", access: .operators,
      success: .json("BulkAct"),
      handler: .act { context in
        PreparedAct(BulkActService().start(context.call.segment("id"))) { try .json(BulkActItem($0)) }
      })
  }

  private var inviteMembers: APIRoute {
    APIRoute(
      method: .post, path: "/acts/{id}/invitations", operation: "inviteActMembers",
      summary: "Makes the secrets of an act that invites, for the members after a position, and shows them this once.",
      tag: "acts", access: .operators, body: .json("ActInvitationsRequest", required: true),
      success: .json("ActInvitations", status: 201),
      handler: .act { context in
        let asked: ActInvitationsRequest = try context.call.decoded()
        let act = BulkActService().invite(context.call.segment("id"), after: asked.after, with: services.devices)
        return PreparedAct(act) { try .json(ActInvitations($0, services.invitations), status: 201) }
      })
  }

  private var listMembers: APIRoute {
    APIRoute(
      method: .get, path: "/acts/{id}/members", operation: "listActMembers",
      summary: "Those that an act is done to, in their order; the cursor is a position.", tag: "acts",
      access: .readers,
      query: [
        .limit, QueryParameter(name: "after", kind: .number, description: "Those after this position."),
        QueryParameter(name: "refused", kind: .flag, description: "Only those to whom nothing was done."),
      ],
      success: .page(of: "BulkMember"),
      handler: .read { context in
        let query = context.call.query
        let after = Int(clamping: query.number("after") ?? 0)
        let page = try await services.read { reader, organization in
          let act = try BulkActService.find(context.call.segment("id"), in: organization, of: reader)
          let members = try reader.bulkMembers(of: act.id, after: after, limit: query.limit + 1, in: organization)
          let shown = members.prefix(query.limit)
          let items = try shown.filter { $0.refusal != nil || !query.flag("refused") }
            .map { try BulkMemberItem($0, in: organization, of: reader) }
          return ItemPage(items: items, next: members.count > shown.count ? shown.last.map { "\($0.position)" } : nil)
        }
        return try .json(page)
      })
  }

  /// Throws `ProblemDetails` 400 that says where the text is wrong.
  static func selection(
    _ text: String, of subject: Selection.Subject, at now: Instant
  ) throws(ProblemDetails) -> Selection {
    do {
      return try Selection(parsing: text, of: subject, at: now)
    } catch {
      throw .badRequest("where, \(error)", hint: "docs/commands.md has the grammar")
    }
  }
}

extension QueryParameter {
  /// The parameter that every list with a selection takes.
  static func selection(of subject: Selection.Subject) -> QueryParameter {
    QueryParameter(
      name: "where", kind: .selection, description: "A selection of \(subject.rawValue), as docs/commands.md has it.")
  }
}

extension BulkAct {
  /// The schema has checked the name. Throws `ProblemDetails` for what another act needs.
  init(_ asked: NewBulkAct) throws {
    let change = LabelChange(set: asked.labels ?? [:], remove: Set(asked.removeLabels ?? []))
    switch asked.act {
    case "device.suspend": self = .suspend(reason: asked.reason)
    case "device.resume": self = .resume(reason: asked.reason)
    case "device.retire": self = .retire(reason: asked.reason)
    case "device.move":
      guard let profile = asked.profile else { throw ProblemDetails.badRequest("profile is missing") }
      self = .move(profile: profile, reason: asked.reason)
    case "device.label": self = .label(change)
    case "device.readmit":
      guard let span = try AdministrationRoutes.span(asked.span, named: "for") else {
        throw ProblemDetails.badRequest("for is missing")
      }
      self = .readmit(span: span, reason: asked.reason)
    case "device.invite":
      self = .invite(lifetime: try AdministrationRoutes.span(asked.expiresIn, named: "expires_in"))
    case "grant.revoke": self = .revokeGrants(reason: asked.reason)
    case "request.approve": self = .approve(reason: asked.reason)
    case "request.deny": self = .deny(reason: asked.reason)
    default:
      guard let name = asked.reason, let reason = RevocationReason(name: name) else {
        throw ProblemDetails.badRequest("reason is a CRLReason (RFC 5280 §5.3.1)")
      }
      self = .revoke(reason)
    }
  }
}

extension BulkActItem {
  init(_ record: BulkActRecord) {
    self.init(
      id: record.id.rawValue, act: record.act, where: record.selection, reason: record.parameters["reason"],
      state: record.state.rawValue, members: record.members, membersSHA256: Hex.encode(record.membersDigest),
      processed: record.processed, done: record.done, refused: record.processed - record.done,
      createdAt: "\(record.createdAt)", by: record.actorName, startedAt: record.startedAt?.description,
      finishedAt: record.finishedAt?.description,
      verifiersAccept: record.acceptedUntil.map {
        VerifiersAccept(certificates: record.unannounced, until: "\($0)")
      })
  }
}

extension ActInvitations {
  init(_ part: InvitedPart, _ invitations: AdministrationServices.Invitations) {
    self.init(
      act: BulkActItem(part.act), url: invitations.url(), rootSHA256: Hex.encode(invitations.rootFingerprint),
      items: part.members.map { MemberInvitation($0) })
  }
}

extension MemberInvitation {
  init(_ member: InvitedMember) {
    switch member.outcome {
    case .success(let invited):
      self.init(
        position: member.position, serial: invited.device.serial, manufacturer: invited.device.manufacturer,
        profile: invited.device.profile.rawValue, secret: invited.secret.text, expires: "\(invited.expiresAt)")
    case .failure(let refusal): self.init(position: member.position, refusal: refusal.reason)
    }
  }
}

extension BulkMemberItem {
  init(_ member: BulkMember, in organization: OrganizationID, of reader: any StoreReader) throws {
    self.init(position: member.position, refusal: member.refusal)
    switch member.subject {
    case .device(let id):
      device = id.rawValue
      serial = try reader.device(id, in: organization)?.serial
    case .certificate(let authority, let number):
      self.authority = authority.rawValue
      serialNumber = number.description
      let holder = try reader.certificate(authority: authority, serial: number, in: organization)?.device
      serial = try holder.flatMap { try reader.device($0, in: organization) }?.serial
    case .grant(let name): grant = name.rawValue
    case .request(let id): request = id.rawValue
    }
  }
}

import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var administratorRoutes: [APIRoute] { [listAdministrators, addAdministrator, removeAdministrator] }

  private var listAdministrators: APIRoute {
    APIRoute(
      method: .get, path: "/administrators", operation: "listAdministrators",
      summary: "Everybody with a role, in the order of their certificates' digests.",
      tag: "administrators", access: .readers,
      query: QueryParameter.paging + [
        QueryParameter(name: "removed", kind: .flag, description: "Those who were removed, too.")
      ], success: .page(of: "Administrator"),
      handler: .read { context in
        let now = services.administration.now()
        let showsRemoved = context.call.query.flag("removed")
        let items = try await services.read { reader, organization in
          try reader.administrators(in: organization).filter { showsRemoved || $0.removedAt == nil }
            .map { try AdministratorItem($0, of: reader, in: organization, at: now) }
        }
        return try .json(
          ItemPage(listing: items.sorted { $0.fingerprint < $1.fingerprint }, as: context.call.query) {
            $0.fingerprint
          })
      })
  }

  private var addAdministrator: APIRoute {
    APIRoute(
      method: .post, path: "/administrators", operation: "addAdministrator",
      summary: "Issues a certificate to somebody with a role.", tag: "administrators",
      access: .administrators, body: .json("NewAdministrator", required: true),
      success: .json("AddedAdministrator", status: 201),
      handler: .effect(act: nil) { context in
        let asked: NewAdministrator = try context.call.decoded()
        guard let role = Actor.Role(rawValue: asked.role) else { throw Refusal(.badRequest, "this role is not known") }
        let request = try Self.request(asked.csr)
        guard request.verifyProofOfPossession() else {
          throw Refusal(.proofOfPossession, "the request is not signed by the key that it carries")
        }
        let appointed = try await services.appointments.add(
          AdministratorTerms(
            name: asked.name, role: role, profiles: asked.profiles ?? [], lot: asked.lot, uses: asked.uses),
          publicKey: request.publicKey, by: context.actor, through: .rest)
        return try .json(AddedAdministrator(appointed), status: 201)
      })
  }

  private var removeAdministrator: APIRoute {
    APIRoute(
      method: .delete, path: "/administrators/{name}", operation: "removeAdministrator",
      summary: "Ends somebody's right to administer, at once; never the last administrator's.", tag: "administrators",
      access: .administrators,
      query: [
        QueryParameter(
          name: "fingerprint", kind: .text, description: "Only the certificate with this SHA-256, in hexadecimal.")
      ], success: .json("RemovedAdministrators"),
      handler: .act { context in
        let fingerprint = context.call.query["fingerprint"].map { Hex.decode($0.lowercased()) }
        if let fingerprint, fingerprint == nil { throw ProblemDetails.badRequest("fingerprint is hexadecimal") }
        let act = AdministratorAppointment.removal(
          of: context.call.segment("name"), fingerprint: fingerprint ?? nil)
        return PreparedAct(act) { removed in
          try .json(
            RemovedAdministrators(removed: removed.map { AdministratorItem($0, status: "removed", notAfter: nil) }))
        }
      })
  }
}

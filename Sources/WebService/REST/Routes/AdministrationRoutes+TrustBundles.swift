import AdministrationAPI
import Issuance
import Registry

extension AdministrationRoutes {
  /// What approvers signed is carried here; whoever trusts it fetches it from `/trust-bundle`.
  var trustBundleRoutes: [APIRoute] {
    [
      APIRoute(
        method: .post, path: "/approvers", operation: "installApprovers",
        summary: "Takes an approvers' document, for trust bundles or for acts on a root: the first, or the next one.",
        tag: "trust",
        access: .administrators, body: .json("SignedStatement", required: true),
        success: .json("Statement", status: 201),
        handler: .act { context in
          let asked: SignedStatement = try context.call.decoded()
          return PreparedAct(TrustBundleService().install(approvers: asked.note)) {
            try .json(StatementItem(number: $0.number, at: "\($0.addedAt)", by: $0.addedBy, note: $0.note), status: 201)
          }
        }),
      APIRoute(
        method: .post, path: "/trust-bundles", operation: "publishTrustBundle",
        summary: "Takes a trust bundle that its approvers signed, and serves it.", tag: "trust",
        access: .administrators, body: .json("SignedStatement", required: true),
        success: .json("Statement", status: 201),
        handler: .act { context in
          let asked: SignedStatement = try context.call.decoded()
          return PreparedAct(TrustBundleService().publish(asked.note)) {
            try .json(
              StatementItem(number: $0.number, at: "\($0.publishedAt)", by: $0.publishedBy, note: $0.note), status: 201)
          }
        }),
    ]
  }
}

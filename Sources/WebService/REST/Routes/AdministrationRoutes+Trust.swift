import AdministrationAPI
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var trustRoutes: [APIRoute] {
    [
      APIRoute(
        method: .get, path: "/trust", operation: "listTrustAnchors",
        summary: "Manufacturers' authorities whose devices may enroll, in the order of names.", tag: "trust",
        access: .readers, query: QueryParameter.paging, success: .page(of: "TrustAnchor"),
        handler: .read { context in
          let anchors = try await services.read { try $0.trustAnchors(in: $1) }
          return try .json(ItemPage(listing: anchors.map { TrustAnchorItem($0) }, as: context.call.query) { $0.name })
        }),
      APIRoute(
        method: .post, path: "/trust", operation: "addTrustAnchor",
        summary: "Lets a manufacturer's devices enroll for profiles.", tag: "trust", access: .administrators,
        body: .json("NewTrustAnchor", required: true), success: .json("TrustAnchor", status: 201),
        handler: .act { context in
          let terms = try TrustTerms(try context.call.decoded(NewTrustAnchor.self))
          return PreparedAct(services.trust.add(terms)) { try .json(TrustAnchorItem($0), status: 201) }
        }),
      APIRoute(
        method: .delete, path: "/trust/{name}", operation: "removeTrustAnchor",
        summary: "Ends the trust; devices that it let in keep what they have.", tag: "trust", access: .administrators,
        success: .json("TrustAnchor"),
        handler: .act { context in
          PreparedAct(services.trust.remove(context.call.segment("name"))) { try .json(TrustAnchorItem($0)) }
        }),
    ]
  }
}

extension TrustTerms {
  init(_ asked: NewTrustAnchor) throws(ProblemDetails) {
    guard let blocks = PEM.parse(asked.certificate), blocks.count == 1, let block = blocks.first,
      block.label == "CERTIFICATE"
    else { throw .badRequest("certificate is not one certificate in PEM") }
    self.init(
      name: asked.name, certificate: block.bytes, profiles: asked.profiles, manufacturer: asked.manufacturer,
      serialPrefix: asked.serialPrefix, purpose: asked.purpose.flatMap { .init(rawValue: $0) } ?? .devices)
  }
}

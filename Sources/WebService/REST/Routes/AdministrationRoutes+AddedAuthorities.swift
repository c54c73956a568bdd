import AdministrationAPI
import Credentials
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// Authorities beside those that `init` makes, under the own root or under somebody else's.
  var addedAuthorityRoutes: [APIRoute] { [addAuthority, askForeign, renewForeign, listForeign, installForeign] }

  private var addAuthority: APIRoute {
    APIRoute(
      method: .post, path: "/authorities", operation: "addAuthority",
      summary: "Asks the root for another issuing authority.", tag: "authorities", access: .administrators,
      body: .json("NewAuthority", required: true), success: .json("RootRequest", status: 201),
      handler: .effect(act: nil) { [services] context in
        let terms = try AuthorityTerms(try context.call.decoded())
        let asked = try await services.rootRequests.add(terms, by: context.actor, through: .rest)
        return try .json(RootRequestItem(asked), status: 201)
      })
  }

  private var askForeign: APIRoute {
    APIRoute(
      method: .post, path: "/authority-requests", operation: "requestAuthority",
      summary: "Makes a key and a PKCS#10 request for an authority under somebody else's root.", tag: "authorities",
      access: .administrators, body: .json("NewAuthority", required: true),
      success: .json("AuthorityRequest", status: 201),
      handler: .effect(act: nil) { [services] context in
        let terms = try AuthorityTerms(try context.call.decoded())
        let asked = try await services.rootRequests.askForeign(terms, by: context.actor, through: .rest)
        return try .json(AuthorityRequestItem(asked), status: 201)
      })
  }

  private var renewForeign: APIRoute {
    APIRoute(
      method: .post, path: "/authorities/{id}/request", operation: "requestAuthorityRenewal",
      summary: "Makes a new key and a PKCS#10 request for an authority under somebody else's root.",
      tag: "authorities", access: .administrators, body: .json("AuthorityRenewal", required: false),
      success: .json("AuthorityRequest", status: 201),
      handler: .effect(act: nil) { [services] context in
        let terms: AuthorityRenewal = try context.call.decoded()
        let asked = try await services.rootRequests.renewForeign(
          try Self.authority(context), onto: terms.keys, by: context.actor, through: .rest)
        return try .json(AuthorityRequestItem(asked), status: 201)
      })
  }

  private var listForeign: APIRoute {
    APIRoute(
      method: .get, path: "/authority-requests", operation: "listAuthorityRequests",
      summary: "What somebody else's authorities were asked to certify, in the order of identifiers.",
      tag: "authorities", access: .readers, query: QueryParameter.paging, success: .page(of: "AuthorityRequest"),
      handler: .read { [services] context in
        let items = try await services.read { try $0.authorityRequests(in: $1) }.map { AuthorityRequestItem($0) }
        return try .json(ItemPage(listing: items.sorted { $0.id < $1.id }, as: context.call.query) { $0.id })
      })
  }

  private var installForeign: APIRoute {
    APIRoute(
      method: .post, path: "/authority-requests/{id}/certificate", operation: "installAuthority",
      summary: "Checks what somebody else's authority issued for a request, and puts it into force.",
      tag: "authorities", access: .administrators, body: .json("ForeignCertificate", required: true),
      success: .json("Authority"),
      handler: .effect(act: nil) { [services] context in
        let given: ForeignCertificate = try context.call.decoded()
        let certificates = try Self.certificates(in: given.certificate, "certificate")
        guard let only = certificates.first, certificates.count == 1 else {
          throw ProblemDetails.badRequest("certificate holds \(certificates.count) certificates, and one is expected")
        }
        let installed = try await services.rootRequests.installForeign(
          only, chain: try Self.certificates(in: given.chain, "chain"), for: try Self.authority(context),
          by: context.actor, through: .rest)
        return try .json(AuthorityItem(installed, list: nil))
      })
  }

  private static func authority(_ context: AdministratorContext) throws -> AuthorityID {
    guard let id = AuthorityID(rawValue: context.call.segment("id")) else {
      throw Refusal(.notFound, "no authority has this identifier")
    }
    return id
  }

  private static func certificates(in text: String, _ what: String) throws -> [[UInt8]] {
    let blocks = (PEM.parse(text) ?? []).filter { $0.label == "CERTIFICATE" }
    guard !blocks.isEmpty else { throw ProblemDetails.badRequest("\(what) holds no certificate in PEM") }
    return blocks.map(\.bytes)
  }
}

extension AuthorityTerms {
  fileprivate init(_ asked: NewAuthority) throws {
    guard let name = AuthorityName(rawValue: asked.name) else {
      throw ProblemDetails.badRequest("an authority's name is 1 to 31 lower-case letters, digits and inner hyphens")
    }
    guard let purpose = AuthorityRecord.Purpose(rawValue: asked.purpose ?? "operational"),
      let algorithm = KeyAlgorithm(rawValue: asked.algorithm ?? KeyAlgorithm.p256.rawValue)
    else { throw ProblemDetails.badRequest("purpose or algorithm is not known") }
    let lifetime = asked.lifetime.map { Span($0) }
    if let lifetime, lifetime == nil { throw ProblemDetails.badRequest("lifetime is a span such as 5y") }
    self.init(
      name: name, purpose: purpose, algorithm: algorithm, token: asked.keys, commonName: asked.commonName,
      lifetime: lifetime ?? nil)
  }
}

extension AuthorityRequestItem {
  init(_ record: AuthorityRequestRecord) {
    let request = try? CertificationRequest(parsing: record.request)
    self.init(
      id: record.id.rawValue, name: record.name.rawValue, purpose: record.purpose.rawValue,
      subject: request?.subject.description ?? "", keyAlgorithm: request?.publicKey.algorithm.rawValue ?? "",
      replaces: record.replaces?.rawValue, createdAt: "\(record.createdAt)", createdBy: record.createdBy,
      installedAt: record.installedAt?.description,
      request: PEM(label: "CERTIFICATE REQUEST", bytes: record.request).text)
  }
}

import AdministrationAPI
import Credentials
import Issuance
import KeyCustody
import Registry
import Status
import WireFormats

extension AdministrationRoutes {
  var authorityRoutes: [APIRoute] {
    [
      APIRoute(
        method: .get, path: "/authorities", operation: "listAuthorities",
        summary: "Roots and issuing authorities, in the order of their identifiers.", tag: "authorities",
        access: .readers, query: QueryParameter.paging, success: .page(of: "Authority"),
        handler: .read { context in
          let items = try await services.read { reader, organization in
            try reader.authorities(in: organization).map { record in
              AuthorityItem(record, list: try reader.revocationList(of: record.id, in: organization))
            }
          }
          return try .json(ItemPage(listing: items.sorted { $0.id < $1.id }, as: context.call.query) { $0.id })
        }),
      APIRoute(
        method: .post, path: "/authorities/{id}/crl", operation: "publishRevocationList",
        summary: "Publishes an authority's CRL now.", tag: "authorities", access: .administrators,
        success: .json("PublishedList"),
        handler: .effect(act: "crl.publish") { context in try await publish(context) }),
      importList,
    ]
  }

  private func publish(_ context: AdministratorContext) async throws -> APIAnswer {
    let known = try await services.read { reader, organization in
      try AuthorityID(rawValue: context.call.segment("id")).flatMap { try reader.authority($0, in: organization) }
    }
    guard let known else { throw Refusal(.notFound, "no authority has this identifier") }
    let list: RevocationList
    do {
      list = try await services.publish(known.id)
    } catch CRLPublisherError.keyIsAway {
      throw Refusal(
        .conflict, "the key of \(known.id) is not in this process", hint: "the root's list is made ahead, with its key")
    }
    try await services.administration.record(
      "crl.publish", on: "authority:\(known.id)", details: ["number": "\(list.number)"], by: context.actor,
      through: .rest)
    return try .json(
      PublishedList(number: list.number, thisUpdate: "\(list.thisUpdate)", nextUpdate: "\(list.nextUpdate)"))
  }
}

extension AuthorityItem {
  init(_ record: AuthorityRecord, list: RevocationList?) {
    let certificate = try? Certificate(parsing: record.certificate)
    self.init(
      id: record.id.rawValue, purpose: record.purpose.rawValue, name: record.name.rawValue,
      subject: certificate?.subject.description ?? "",
      parent: record.parent?.rawValue, state: record.state.rawValue,
      keyAlgorithm: certificate?.publicKey?.algorithm.rawValue ?? "", notAfter: "\(record.notAfter)",
      keyHome: Self.home(of: record), crlNumber: list?.number, crlNextUpdate: list?.nextUpdate.description,
      certificate: PEM(label: "CERTIFICATE", bytes: record.certificate).text)
  }

  /// What the record says; a root in a sealed file may have been carried away since.
  private static func home(of record: AuthorityRecord) -> String? {
    if record.purpose == .foreign { return nil }
    return TokenKeyName.isToken(record.keyName) ? record.keyName : "sealed"
  }
}

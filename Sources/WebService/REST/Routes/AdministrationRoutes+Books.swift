import AdministrationAPI
import Credentials
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  /// Lines of one transaction: others' requests come between.
  private static let linesTogether = 200

  var importCertificates: APIRoute {
    APIRoute(
      method: .post, path: "/certificates/import", operation: "importCertificates",
      summary: "Takes over what an authority issued before it was continued here. Running it again is harmless.",
      tag: "certificates", access: .administrators,
      query: [
        QueryParameter(name: "authority", kind: .text, description: "The authority that was continued."),
        QueryParameter(name: "profile", kind: .text, description: "Under which its devices renew from now on."),
      ], body: .text(["application/jsonl"], bound: .importing), success: .json("CertificateImportResult"),
      handler: .effect(act: "certificate.import") { context in
        guard let authority = context.call.query["authority"].flatMap({ AuthorityID(rawValue: $0) }) else {
          throw Refusal(.notFound, "no issuing authority has this identifier")
        }
        let books = CertificateImport(authority: authority, profile: context.call.query["profile"] ?? "operational")
        let file = CertificateBooksFile(context.call.body)
        var total = CertificateImportOutcome()
        var rest = file.lines[...]
        repeat {
          let part = try await services.administration.perform(
            books.importing(Array(rest.prefix(Self.linesTogether))), by: context.actor, through: .rest)
          total.add(part)
          rest = rest.dropFirst(Self.linesTogether)
        } while !rest.isEmpty
        return try .json(CertificateImportResult(total, besides: file.refused))
      })
  }

  var importList: APIRoute {
    APIRoute(
      method: .post, path: "/authorities/{id}/earlier-crl", operation: "importRevocationList",
      summary: "Takes over an authority's last CRL from elsewhere: its revocations, and its number.",
      tag: "authorities", access: .administrators, body: .json("EarlierList", required: true),
      success: .json("CertificateImportResult"),
      handler: .act { context in
        let asked: EarlierList = try context.call.decoded()
        guard let id = AuthorityID(rawValue: context.call.segment("id")) else {
          throw Refusal(.notFound, "no issuing authority has this identifier")
        }
        guard let block = PEM.parse(asked.crl)?.first, block.label == "X509 CRL" else {
          throw ProblemDetails.badRequest("crl is not a CRL in PEM")
        }
        return PreparedAct(CertificateImport.list(block.bytes, of: id)) {
          try .json(CertificateImportResult($0, besides: []))
        }
      })
  }
}

extension CertificateImportOutcome {
  fileprivate mutating func add(_ part: CertificateImportOutcome) {
    added += part.added
    unchanged += part.unchanged
    devices += part.devices
    revoked += part.revoked
    refused += part.refused
  }
}

extension CertificateImportResult {
  init(_ outcome: CertificateImportOutcome, besides unread: [RefusedLine]) {
    let refused = unread + outcome.refused.map { RefusedLine(line: $0.number, reason: $0.reason) }
    self.init(
      added: outcome.added, unchanged: outcome.unchanged, devices: outcome.devices, revoked: outcome.revoked,
      refused: refused.sorted { $0.line < $1.line })
  }
}

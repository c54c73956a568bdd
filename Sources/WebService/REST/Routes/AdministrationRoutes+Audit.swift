import AdministrationAPI
import AuditLog
import Issuance
import Registry
import WireFormats

extension AdministrationRoutes {
  var auditRoutes: [APIRoute] { [listAudit, checkpoint, consistency, inclusion] }

  private var listAudit: APIRoute {
    APIRoute(
      method: .get, path: "/audit", operation: "listAudit",
      summary: "Entries of the audit log, oldest first; the cursor is an entry's index.", tag: "audit",
      access: .readers,
      query: [
        .limit, QueryParameter(name: "after", kind: .number, description: "Entries after the one with this index."),
        QueryParameter(name: "subject", kind: .text, description: "Only about this, for example device:ID."),
        QueryParameter(
          name: "latest", kind: .flag, description: "The newest entries, as many as `limit`, and no page after them."),
        .selection(of: .entries),
      ],
      success: .page(of: "AuditItem"),
      handler: .read { context in
        let query = context.call.query
        if let text = query["where"] { return try .json(try await selected(text, query)) }
        if query.flag("latest") { return try .json(try await latest(query)) }
        let after = query.number("after").map { UInt64(clamping: $0) }
        // One more than asked for says whether there is a next page.
        let records = try await services.read { reader, organization in
          try reader.auditEntries(after: after, limit: query.limit + 1, subject: query["subject"], in: organization)
        }
        let items = records.prefix(query.limit).map { AuditItem($0) }
        let next = records.count > items.count ? items.last.map { "\($0.index)" } : nil
        return try .json(ItemPage(items: items, next: next))
      })
  }

  private var checkpoint: APIRoute {
    APIRoute(
      method: .get, path: "/audit/checkpoint", operation: "showCheckpoint",
      summary: "The latest signed checkpoint: keep it elsewhere.", tag: "audit", access: .readers,
      success: APIRoute.Success(status: 200, description: "A C2SP signed note", content: .text("text/plain")),
      handler: .read { _ in
        guard let checkpoint = try await services.read({ try $0.latestCheckpoint(in: $1) }) else {
          throw Refusal(.notFound, "no checkpoint has been signed yet; ask again in a second")
        }
        return .text(checkpoint.note)
      })
  }

  /// Entries that are looked at for one page of a selection that no index leads: the page may be short, and even empty,
  /// although there is a next one.
  private static let lookedAt = 20_000

  private func selected(_ text: String, _ query: APIQuery) async throws -> ItemPage<AuditItem> {
    guard !query.flag("latest"), query["subject"] == nil else {
      throw ProblemDetails.badRequest("where stands without latest and subject", hint: "write subject=… into where")
    }
    let selection = try Self.selection(text, of: .entries, at: services.administration.now())
    let after = query.number("after").map { UInt64(clamping: $0) }
    let (records, reached) = try await services.read { reader, organization in
      try reader.auditEntries(
        matching: selection, after: after, limit: query.limit + 1, within: Self.lookedAt, in: organization)
    }
    let items = records.prefix(query.limit).map { AuditItem($0) }
    let next = records.count > items.count ? items.last.map { "\($0.index)" } : reached.map { "\($0)" }
    return ItemPage(items: items, next: next)
  }

  private func latest(_ query: APIQuery) async throws -> ItemPage<AuditItem> {
    guard query.number("after") == nil else { throw ProblemDetails.badRequest("after and latest exclude each other") }
    let records = try await services.read { reader, organization in
      try reader.latestAuditEntries(query.limit, subject: query["subject"], in: organization)
    }
    return ItemPage(items: records.map { AuditItem($0) }, next: nil)
  }

  private var consistency: APIRoute {
    APIRoute(
      method: .get, path: "/audit/consistency", operation: "proveConsistency",
      summary: "Proves that the log of a size continues that of a smaller one.", tag: "audit", access: .readers,
      query: [
        QueryParameter(name: "from", kind: .number, description: "The smaller size."),
        QueryParameter(name: "to", kind: .number, description: "The larger size; the whole log without it."),
      ],
      success: .json("ConsistencyProof"),
      handler: .read { context in
        guard let from = context.call.query.number("from") else { throw ProblemDetails.badRequest("from is missing") }
        let asked = context.call.query.number("to")
        let (size, path) = try await services.read { reader, organization in
          let size = try Self.size(asked, reader, organization)
          let path = try MerkleProof.consistency(from: UInt64(clamping: from), size: size) {
            try reader.auditRoot(of: $0, in: organization)
          }
          return (size, path)
        }
        guard let path else { throw ProblemDetails.badRequest("from is not a size that the log had by then") }
        return try .json(ConsistencyProof(from: from, to: Int64(clamping: size), path: path.map { Hex.encode($0) }))
      })
  }

  private var inclusion: APIRoute {
    APIRoute(
      method: .get, path: "/audit/inclusion", operation: "proveInclusion",
      summary: "Proves that an entry is in the log of a size.", tag: "audit", access: .readers,
      query: [
        QueryParameter(name: "index", kind: .number, description: "The entry's index."),
        QueryParameter(name: "size", kind: .number, description: "The log's size; the whole log without it."),
      ],
      success: .json("InclusionProof"),
      handler: .read { context in
        guard let index = context.call.query.number("index") else {
          throw ProblemDetails.badRequest("index is missing")
        }
        let asked = context.call.query.number("size")
        let proof = try await services.read { reader, organization in
          let size = try Self.size(asked, reader, organization)
          return try Self.inclusion(of: UInt64(clamping: index), size: size, reader, organization)
        }
        guard let proof else { throw ProblemDetails.badRequest("index is not in the log of this size") }
        return try .json(proof)
      })
  }

  private static func inclusion(
    of index: UInt64, size: UInt64, _ reader: any StoreReader, _ organization: OrganizationID
  ) throws -> InclusionProof? {
    let path = try MerkleProof.inclusion(of: index, size: size) { try reader.auditRoot(of: $0, in: organization) }
    guard let path, let leaf = try reader.auditLeafDigests(index..<index + 1, in: organization).first else {
      return nil
    }
    return InclusionProof(
      index: Int64(clamping: index), size: Int64(clamping: size), leaf: Hex.encode(leaf),
      root: Hex.encode(try reader.auditRoot(of: 0..<size, in: organization)), path: path.map { Hex.encode($0) })
  }

  /// Throws `ProblemDetails` for a size that the log does not have yet.
  private static func size(
    _ asked: Int64?, _ reader: any StoreReader, _ organization: OrganizationID
  ) throws -> UInt64 {
    let size = try reader.auditSize(in: organization)
    guard let asked else { return size }
    guard let asked = UInt64(exactly: asked), asked <= size else {
      throw ProblemDetails.badRequest("the log is not that long yet")
    }
    return asked
  }
}

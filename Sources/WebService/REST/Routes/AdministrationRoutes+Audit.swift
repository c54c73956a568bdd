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
      ],
      success: .page(of: "AuditItem"),
      handler: .read { context in
        let query = context.call.query
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
        let leaves = try await leaves(upTo: context.call.query.number("to"))
        guard let path = MerkleProof.consistency(from: Int(clamping: from), in: leaves) else {
          throw ProblemDetails.badRequest("from is not a size that the log had by then")
        }
        return try .json(
          ConsistencyProof(from: from, to: Int64(clamping: leaves.count), path: path.map { Hex.encode($0) }))
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
        let leaves = try await leaves(upTo: context.call.query.number("size"))
        let place = Int(clamping: index)
        guard let path = MerkleProof.inclusion(of: place, in: leaves), leaves.indices.contains(place) else {
          throw ProblemDetails.badRequest("index is not in the log of this size")
        }
        return try .json(
          InclusionProof(
            index: index, size: Int64(clamping: leaves.count), leaf: Hex.encode(leaves[place]),
            root: Hex.encode(MerkleTree.root(leaves)), path: path.map { Hex.encode($0) }))
      })
  }

  /// Throws `ProblemDetails` for a size that the log does not have yet.
  private func leaves(upTo size: Int64?) async throws -> [[UInt8]] {
    let leaves = try await services.read { reader, organization in
      let end = try size.map { UInt64(clamping: $0) } ?? reader.auditSize(in: organization)
      return try reader.auditLeafDigests(0..<end, in: organization)
    }
    guard size.map({ Int64(clamping: leaves.count) == $0 }) ?? true else {
      throw ProblemDetails.badRequest("the log is not that long yet")
    }
    return leaves
  }
}

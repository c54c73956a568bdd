import AdministrationAPI
import Issuance
import Watching
import WireFormats

extension AdministrationRoutes {
  var eventRoutes: [APIRoute] { [waitForEvents] }

  /// The longest wait, in seconds: shorter than what proxies give an answer.
  private static let longestWait: Int64 = 50

  private var waitForEvents: APIRoute {
    APIRoute(
      method: .get, path: "/events", operation: "waitForEvents",
      summary: "Entries of the audit log after an index, waiting for the next when there is none yet.", tag: "audit",
      access: .readers,
      query: [
        .limit, QueryParameter(name: "after", kind: .number, description: "Entries after the one with this index."),
        QueryParameter(
          name: "wait", kind: .span, description: "How long to wait for one, up to 50s; without it, not at all."),
        QueryParameter(
          name: "kind", kind: .text, description: "Only this act (certificate.issue), or acts on this (certificate).",
          repeats: true),
        QueryParameter(name: "subject", kind: .text, description: "Only about this, for example device:ID."),
      ],
      success: .page(of: "AuditItem"), handler: .read { try await events($0) })
  }

  private func events(_ context: AdministratorContext) async throws -> APIAnswer {
    let query = context.call.query
    let wait = min(query.span("wait")?.seconds ?? 0, Self.longestWait)
    let kinds = query.all("kind")
    guard kinds.count <= 16 else { throw ProblemDetails.badRequest("kind stands there more than 16 times") }
    let asked = EventQuery(
      after: query.number("after").map { UInt64(clamping: $0) }, kinds: kinds, subject: query["subject"],
      limit: query.limit)
    guard wait > 0 else { return try Self.page(try await firstFitting(asked, until: .now)) }
    let client = Hex.encode(context.actor.fingerprint)
    guard services.events.enter(client) else {
      throw Refusal(.throttled, "too many wait for events already", hint: "ask again when another wait has ended")
    }
    defer { services.events.leave(client) }
    return try Self.page(try await firstFitting(asked, until: .now + .seconds(wait)))
  }

  /// The first entries that fit, waiting for them until `deadline`; none when there are none by then.
  private func firstFitting(
    _ asked: EventQuery, until deadline: ContinuousClock.Instant
  ) async throws -> EventQuery.Batch {
    var query = asked
    while true {
      let batch = try await services.read { [query] in try query.read($0, in: $1) }
      guard batch.records.isEmpty else { return batch }
      query.after = batch.position
      if ContinuousClock.now >= deadline || services.events.isClosed { return batch }
      if !batch.hasMore { await services.events.growth(beyond: batch.size, until: deadline) }
    }
  }

  /// `next` is there always, since there is always more to come.
  private static func page(_ batch: EventQuery.Batch) throws -> APIAnswer {
    try .json(ItemPage(items: batch.records.map { AuditItem($0) }, next: batch.position.map { "\($0)" }))
  }
}
